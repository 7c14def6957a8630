#pragma once

#include "net/kafka/group_consumer.hpp"
#include "net/kafka/types.hpp"
#include "net/ledger.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <variant>
#include <vector>

/// What a topic's log holds from given positions on, for those who come back
/// after longer than the gateway remembers: read on handles of their own, so
/// that nobody's tail waits for it. They join no group and commit nothing.
namespace wskafka::kafka {

/// A handle has begun with it: what it waited in the queue is over.
struct history_begun {};

/// Records of one partition, charged to the read's payer. Epochs say nothing.
struct history_records {
  fetched what;
};

/// The log of the partition ended there: what was in it when the read began
/// was told. More is told as it comes.
struct history_end {
  std::int32_t partition = 0;
};

/// The partition cannot be read. `out_of_range`: its next record is not there
/// any more, or not yet, and nothing of it follows; else the read goes on.
/// `fatal`: it does not; `partition` says nothing.
struct history_failed {
  std::int32_t partition = 0;
  failure why;
  bool out_of_range = false;
  bool fatal = false;
};

using history_event =
    std::variant<history_begun, history_records, history_end, history_failed>;

/// Receives a read's events on the reader's thread. Must not block. Kept alive
/// by the read.
class history_listener {
 public:
  virtual ~history_listener() = default;
  virtual void on_event(history_event event) = 0;
};

/// One read. From any thread, never blocks.
class history_read {
 public:
  virtual ~history_read() = default;

  /// Gives it up: nothing is told after this was carried out, but events may
  /// still be on their way.
  virtual void end() = 0;
};

/// Few handles for many reads: each has a handle for a while, and waits for its
/// next turn behind the others, also while its payer has no delivery credit.
class history_reader {
 public:
  virtual ~history_reader() = default;

  /// From any thread, does not block: reads the partitions of one topic from
  /// these positions (not empty) until it is ended. LIMIT_REACHED when too many
  /// reads are open.
  virtual result<std::shared_ptr<history_read>> begin(
      std::vector<position> from, std::shared_ptr<history_listener> events,
      std::shared_ptr<net::account> payer) = 0;

  /// Ends the handles by the deadline, and with them all reads, untold.
  virtual void close(std::chrono::steady_clock::time_point deadline) = 0;
};

}  // namespace wskafka::kafka
