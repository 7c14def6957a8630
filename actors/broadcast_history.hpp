#pragma once

#include "actors/broadcast_frames.hpp"
#include "actors/environment.hpp"
#include "actors/start_point.hpp"
#include "net/ledger.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

namespace wskafka {

/// A topic's newest records, kept for those who come back: what they missed
/// goes to them without a word to Kafka, in the frames that the others got.
/// Bounded in bytes, which the process is charged with; gives way when half of
/// its budget is used. Used by one actor.
class broadcast_history {
 public:
  /// How far somebody is who reads it.
  struct cursor {
    /// The next record of each partition.
    partition_positions at;
    /// The number of the first flush that may hold something of it.
    std::uint64_t flush = 0;
    /// It may have seen the records before, and gets them with new ids.
    bool again = false;
  };

  broadcast_history(environment& shared, std::size_t most_bytes)
      : shared_(shared), most_(most_bytes) {}
  broadcast_history(const broadcast_history&) = delete;
  broadcast_history& operator=(const broadcast_history&) = delete;
  ~broadcast_history() { clear(); }

  /// A partition begins here, or goes on here: nothing is known of what lies
  /// before.
  void start(std::int32_t partition, std::int64_t offset);

  /// The records of one flush, in order.
  void add(std::vector<batch_ptr> batches);

  /// The last flush's frames, made when they are first asked for.
  const std::vector<broadcast_frame>& last(element look) {
    return frames_of(flushes_.back(), look);
  }

  /// Forgets all records; the partitions go on where they are.
  void clear();

  /// Forgets all records, and the partitions from this one on.
  void forget_from(std::int32_t partition);

  /// Forgets the partitions, too.
  void reset();

  /// Everything from these positions on is here, or yet to come.
  bool covers(const partition_positions& at) const;

  /// Of some partition the next record is yet to come after others.
  bool ahead(const partition_positions& at) const;

  /// The next frames, looking so, for a reader whose positions are covered:
  /// about so many bytes, one frame at least. Of a flush that it has a part of,
  /// or what it gets again, frames of its own.
  std::vector<broadcast_frame> read(cursor& who, element look,
                                    std::size_t bytes);

  /// Nothing is left to read.
  bool at_end(const cursor& who) const;

  /// Where each partition goes on.
  const partition_positions& ends() const { return ends_; }
  /// From where on everything is here.
  const partition_positions& begins() const { return begins_; }
  std::size_t bytes() const { return bytes_; }

 private:
  struct flush {
    std::vector<batch_ptr> batches;
    /// By how they look, once they were made.
    std::array<std::optional<std::vector<broadcast_frame>>, 2> frames;
    std::size_t bytes = 0;
    /// Of the batches; frames pay for themselves.
    net::shared_charge held;
  };
  std::uint64_t end() const { return first_ + flushes_.size(); }
  const std::vector<broadcast_frame>& frames_of(flush& one, element look);
  void grow(flush& by, std::size_t bytes);
  void shrink(std::size_t bytes);
  void drop_oldest();

  environment& shared_;
  const std::size_t most_;
  std::deque<flush> flushes_;
  /// The number of the first.
  std::uint64_t first_ = 0;
  std::size_t bytes_ = 0;
  partition_positions begins_;
  partition_positions ends_;
};

}  // namespace wskafka
