#pragma once

#include "actors/delivery_mode.hpp"
#include "actors/environment.hpp"
#include "actors/group_messages.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace wskafka {

/// Raises the position of the partition, or adds one.
void raise(std::vector<owned_position>& ends, owned_position end);

/// A delivery frame, or the event of a gap.
struct made_frame {
  /// The JSON text; empty when all of its records were skipped.
  std::string payload;
  /// In `payload`.
  std::size_t records = 0;
  /// Where its records end, skipped ones included.
  std::vector<owned_position> ends;
  /// It tells of a skipped record, or of those that are not there.
  bool gap = false;
};

/// Makes frames of records, in order, each of at most `limit` records and
/// `max_frame_out` bytes; a larger single record goes alone, and one above
/// `max_record_out` is skipped and counted, and told by an event in its place
/// where `gaps` are. Used by one actor.
class frame_maker {
 public:
  frame_maker(environment& shared, element look, std::size_t limit, bool gaps)
      : shared_(shared), look_(look), limit_(limit), gaps_(gaps) {}

  /// False when the record was skipped, or is a gap.
  bool add(const protocol::record_batch& from, const protocol::record& record,
           std::uint32_t owner_epoch);

  /// All frames, the one that is being filled included; empty afterwards.
  std::vector<made_frame> finish();

 private:
  bool append(const protocol::record_batch& from,
              const protocol::record& record);
  void add_gap(const protocol::record_batch& from,
               const protocol::record& record, std::uint32_t owner_epoch);
  void close();

  environment& shared_;
  const element look_;
  const std::size_t limit_;
  const bool gaps_;
  made_frame open_;
  std::vector<made_frame> done_;
};

}  // namespace wskafka
