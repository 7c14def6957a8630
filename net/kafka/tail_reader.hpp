#pragma once

#include "net/kafka/group_consumer.hpp"
#include "net/kafka/log_range.hpp"
#include "net/kafka/types.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

/// The ends of all topics that somebody broadcasts: one librdkafka handle for
/// the process, which joins no group and commits nothing. Who gets the records
/// is the broadcast actors' business.
namespace wskafka::kafka {

/// A `begin` is carried out: everything from these positions on, one for each
/// partition, comes as `tail_records`.
struct tail_started {
  std::string topic;
  std::uint32_t epoch = 0;
  std::vector<position> starts;
};

/// Records of one partition, charged to the reader's payer. The batch's
/// `fetch_epoch` is that of `begin`; `owner_epoch` says nothing.
struct tail_records {
  fetched what;
};

/// The next record comes from `to`, not from `from`: retention has passed the
/// reader (`to` lies behind `from`), or what was there is not there any more.
struct tail_gap {
  topic_partition at;
  std::uint32_t epoch = 0;
  std::int64_t from = 0;
  std::int64_t to = 0;
  /// The log was cut or the topic created anew: its first record is next, and
  /// offsets that were seen before may come again as other records.
  bool truncated = false;
};

/// The topic got more partitions: they come from their first record.
struct tail_grown {
  std::string topic;
  std::uint32_t epoch = 0;
  std::vector<position> starts;
};

/// The topic was created anew with so few partitions: nothing comes of those
/// from `partitions` on, unless they are told by `tail_grown` later. What
/// becomes of the others is told by `tail_gap`.
struct tail_shrunk {
  std::string topic;
  std::uint32_t epoch = 0;
  std::int32_t partitions = 0;
};

/// A topic cannot be read. `fatal`: it is not begun any more (its `begin` was
/// not carried out by the time-out, there is no such topic, the handle cannot
/// be made). Else it stays begun: one that was deleted goes on, when it is
/// created again, at its first record, told by `tail_gap`, `tail_grown` and
/// `tail_shrunk`.
/// An empty topic: an error of the whole handle; a fatal one needs a new
/// reader.
struct tail_failed {
  std::string topic;
  std::uint32_t epoch = 0;
  failure why;
  bool fatal = false;
};

/// The answer to `locate`, in the order of the partitions asked for.
struct tail_located {
  std::string topic;
  std::uint64_t question = 0;
  std::vector<log_range> ranges;
};

/// The handle is gone; nothing follows.
struct tails_closed {
  /// It was not gone by the deadline.
  bool given_up = false;
};

using tail_event =
    std::variant<tail_started, tail_records, tail_gap, tail_grown, tail_shrunk,
                 tail_failed, tail_located, tails_closed>;

/// Receives the tails' events on their poller's (at the end: the closer's)
/// thread. Must not block. Kept alive by the reader.
class tail_listener {
 public:
  virtual ~tail_listener() = default;
  virtual void on_event(tail_event event) = 0;
};

/// All functions: from any thread, never block; carried out in order by the
/// poller.
class tail_reader {
 public:
  virtual ~tail_reader() = default;

  /// Begins to read a literal topic at its end; answered by `tail_started`, or
  /// by a fatal `tail_failed` after `timeout` at the latest. Other topics are
  /// not disturbed. One that is begun already is ended first. Nothing is read
  /// while the payer has no delivery credit.
  virtual void begin(std::string topic, std::uint32_t epoch,
                     std::chrono::milliseconds timeout) = 0;

  /// Gives the topic up: nothing of its epoch is polled or told after this was
  /// carried out, but events may still be on their way. A `begin` that was not
  /// carried out yet is not answered.
  virtual void end(std::string topic) = 0;

  /// The end of each of the topic's partitions that is read, as its last fetch
  /// told it, without asking a broker; those not fetched yet are missing.
  virtual std::vector<position> ends(const std::string& topic) const = 0;

  /// Asks a broker where these partitions of a topic that is begun begin and
  /// end, and where the first record from `time` on stands (milliseconds since
  /// the epoch); answered once, by `tail_located`, soon after `timeout` at the
  /// latest. Not answered when it is ended meanwhile.
  virtual void locate(std::string topic, std::uint64_t question,
                      std::vector<std::int32_t> partitions,
                      std::optional<std::int64_t> time,
                      std::chrono::milliseconds timeout) = 0;

  /// Ends the handle by the deadline, and with it all topics, untold; ends
  /// with `tails_closed`. What is called afterwards has no effect.
  virtual void close(std::chrono::steady_clock::time_point deadline) = 0;
};

}  // namespace wskafka::kafka
