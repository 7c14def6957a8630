#pragma once

#include "actors/delivery_mode.hpp"
#include "actors/environment.hpp"
#include "actors/messages.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace wskafka {

/// Raises the position of the partition, or adds one.
void raise(std::vector<owned_position>& ends, owned_position end);

/// A delivery frame.
struct made_frame {
  /// The JSON text; empty when all of its records were skipped.
  std::string payload;
  /// In `payload`.
  std::size_t records = 0;
  /// Where its records end, skipped ones included.
  std::vector<owned_position> ends;
};

/// Makes frames of records, in order, each of at most `limit` records and
/// `max_frame_out` bytes; a larger single record goes alone, and one above
/// `max_record_out` is skipped and counted. Used by one actor.
class frame_maker {
 public:
  frame_maker(environment& shared, element look, std::size_t limit)
      : shared_(shared), look_(look), limit_(limit) {}

  /// False when the record was skipped.
  bool add(const protocol::record_batch& from, const protocol::record& record,
           std::uint32_t owner_epoch);

  /// All frames, the one that is being filled included; empty afterwards.
  std::vector<made_frame> finish();

 private:
  bool append(const protocol::record_batch& from,
              const protocol::record& record);
  void close();

  environment& shared_;
  const element look_;
  const std::size_t limit_;
  made_frame open_;
  std::vector<made_frame> done_;
};

}  // namespace wskafka
