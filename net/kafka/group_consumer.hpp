#pragma once

#include "net/kafka/log_range.hpp"
#include "net/kafka/types.hpp"
#include "net/ledger.hpp"
#include "protocol/record_batch.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

/// One consumer group's member in this process: one librdkafka handle, polled
/// by one of the pollers. Policy (who owns a partition, what is confirmed)
/// lives in the consumer_group actor; this only carries it out.
namespace wskafka::kafka {

/// Kafka assigned these partitions: answer with `assign`.
struct assigned {
  std::vector<topic_partition> partitions;
};

/// Kafka takes these partitions: answer with `unassign`. `lost`: they already
/// belong to somebody else, commit nothing.
struct revoked {
  std::vector<topic_partition> partitions;
  bool lost = false;
};

/// Records of one partition, charged to its owner's account.
struct fetched {
  std::shared_ptr<const protocol::record_batch> batch;
  /// As given to `give`: tells batches for an earlier owner apart.
  std::uint32_t owner_epoch = 0;
  net::charge held;
};

/// A commit ended.
struct committed {
  std::uint64_t id = 0;
  std::vector<position> positions;
  std::optional<failure> error;
  /// Where Kafka answered for each partition: those that are not committed.
  std::map<topic_partition, failure> refused = {};
};

/// The handle met an error that librdkafka goes on from by itself, or, when
/// `fatal`, does not.
struct consumer_failed {
  failure why;
  bool fatal = false;
  /// Set when the error is of one topic (not authorised; deleted, which is told
  /// once until it is assigned again).
  std::string topic;
};

/// The next record of a partition is not in its log, which is this: retention
/// has passed the group, or the log was cut or its topic created anew. Nothing
/// comes of the partition until it is assigned anew.
struct out_of_range {
  log_range log;
};

/// The cluster's list of topics changed.
struct topics_changed {
  std::shared_ptr<const topic_table> table;
};

/// The member left its group and the handle is gone; nothing follows.
struct consumer_closed {
  /// The handle was given up at the deadline, without leaving the group.
  bool given_up = false;
};

using group_event =
    std::variant<assigned, revoked, fetched, committed, consumer_failed,
                 out_of_range, topics_changed, consumer_closed>;

/// Receives a handle's events on its poller's (at the end: the closer's)
/// thread. Must not block. Kept alive by the handle.
class group_listener {
 public:
  virtual ~group_listener() = default;
  virtual void on_event(group_event event) = 0;
};

/// Where a partition without a committed offset starts.
struct start_question {
  topic_partition at;
  /// Kafka's ListOffsets timestamps: -2 the first record, -1 the end, else the
  /// first record of that time (ms) or later, the end where there is none;
  /// absent: having no commit is a failure.
  std::optional<std::int64_t> otherwise;
};

struct start_answer {
  topic_partition at;
  /// The committed offset, or what `otherwise` stands for now.
  std::int64_t offset = 0;
  /// Kafka holds this commit already.
  bool was_committed = false;
  std::optional<failure> error;
};

/// All functions: from any thread, never block; carried out in order by the
/// poller.
class group_consumer {
 public:
  virtual ~group_consumer() = default;

  /// Literal topic names; replaces the earlier subscription. Empty is allowed
  /// and keeps the handle without a membership.
  virtual void subscribe(std::vector<std::string> topics) = 0;

  /// Answers `assigned` with the partitions to fetch, each from an absolute
  /// offset; some may be missing (their start is not committed yet). Each gets
  /// the fetch epoch `epoch`, and nobody owns it yet.
  virtual void assign(std::vector<position> starts, std::uint32_t epoch) = 0;

  /// Answers `revoked`.
  virtual void unassign() = 0;

  /// Records of `at` go to this account's connection from here on, while it
  /// has delivery credit; each batch carries `owner_epoch`. A null account:
  /// nobody, the partition is not polled.
  virtual void give(topic_partition at, std::shared_ptr<net::account> owner,
                    std::uint32_t owner_epoch) = 0;

  /// Goes on at `offset` with a new fetch epoch; batches of the old one that
  /// are already on their way carry the old number.
  virtual void seek(topic_partition at, std::int64_t offset,
                    std::uint32_t epoch) = 0;

  /// Commits exactly these, also backwards; answered by `committed` with `id`.
  virtual void commit(std::uint64_t id, std::vector<position> positions) = 0;

  /// Reads committed offsets and resolves what has none, on the worker pool;
  /// `done` runs on a worker's thread, also after a failure or `timeout`.
  virtual void find_starts(
      std::vector<start_question> questions, std::chrono::milliseconds timeout,
      std::function<void(std::vector<start_answer>)> done) = 0;

  /// The end of each assigned partition as its last fetch told it, without
  /// asking a broker; partitions not fetched yet are missing. From any thread.
  virtual std::vector<position> ends() const = 0;

  /// Leaves the group and ends the handle on the closer's thread, by the
  /// deadline at the latest; ends with `consumer_closed`. Outstanding commits
  /// are finished first.
  virtual void close(std::chrono::steady_clock::time_point deadline) = 0;
};

}  // namespace wskafka::kafka
