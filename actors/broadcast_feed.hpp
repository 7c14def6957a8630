#pragma once

#include "actors/broadcast_history.hpp"
#include "actors/start_point.hpp"
#include "net/inbox.hpp"
#include "net/kafka/history_reader.hpp"

#include <cstdint>
#include <memory>
#include <set>
#include <utility>
#include <vector>

namespace wskafka {

/// What a read of the past brought, and which read.
struct past_event {
  std::uint64_t read = 0;
  kafka::history_event what;
};

using past_inbox = net::inbox<past_event>;

/// Leaves what a read brings with the broadcast that asked for it. From any
/// thread.
class past_listener final : public kafka::history_listener {
 public:
  past_listener(std::uint64_t read, std::shared_ptr<past_inbox> to)
      : read_(read), to_(std::move(to)) {}
  void on_event(kafka::history_event event) override {
    to_->push({read_, std::move(event)});
  }

 private:
  const std::uint64_t read_;
  const std::shared_ptr<past_inbox> to_;
};

/// What a member that named its start lacks, until it has caught up with the
/// others:
///
///     locating (where does the log begin and end?) -> waiting (for a handle)
///       -> ready: its subscribe is answered -> fed, from Kafka or from memory,
///       a chunk at a time -> it is where the others are
///
/// Each step is skipped that it does not need. Belongs to its broadcast.
struct broadcast_feed {
  /// Null once it was resolved.
  std::shared_ptr<const start_point> start;
  broadcast_history::cursor next;

  /// Of the question or the read at hand; 0: none.
  std::uint64_t question = 0;
  std::uint64_t read_number = 0;
  std::shared_ptr<kafka::history_read> read;
  /// Which partitions it brings.
  std::set<std::int32_t> reads;
  /// Where memory began when the read did: a log that ends has all below it.
  partition_positions read_covers;

  /// The subscribe can be answered, and it was: records may be sent.
  bool ready = false;
  bool open = false;
  /// What the read brought before that.
  std::vector<kafka::history_event> early;

  /// Everything that was missed is still there.
  bool recovered = true;
  /// Told before what follows.
  std::vector<broadcast_frame> gaps;

  /// It will be tried again: until then nothing is read for it.
  bool retrying = false;

  /// The client wants nothing for now.
  bool paused = false;
  /// It was too slow: it goes on where the others are.
  bool skips = false;

  /// A chunk is being written, and what its records are charged with.
  bool writing = false;
  std::vector<net::charge> held;
};

}  // namespace wskafka
