#pragma once

#include "net/kafka/partition_queue.hpp"
#include "net/kafka/poller.hpp"
#include "net/kafka/tail_reader.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace wskafka::kafka {

/// What the tails of one handle work with. It outlives them; everything on the
/// poller's thread.
class tail_surroundings {
 public:
  using clock = std::chrono::steady_clock;
  virtual ~tail_surroundings() = default;

  virtual consumer_client& client() = 0;
  virtual std::shared_ptr<partition_queue> make_queue(
      const topic_partition& at) = 0;
  virtual const std::shared_ptr<net::account>& payer() = 0;
  virtual void emit(tail_event event) = 0;

  /// Asks on the worker pool; `done` runs later on the poller's thread, unless
  /// the handle is closed before.
  virtual void ask(std::vector<topic_partition> of, clock::time_point deadline,
                   std::function<void(std::vector<log_range>)> done) = 0;

  /// Asks for the cluster's list, likewise.
  virtual void list(
      clock::time_point deadline,
      std::function<void(result<std::shared_ptr<const topic_table>>)> done) = 0;

  /// The list as last seen.
  virtual std::shared_ptr<const topic_table> table() = 0;

  /// Whether so many more partitions may be read.
  virtual bool room(std::size_t partitions) = 0;

  /// The set of partitions that are read has changed.
  virtual void changed() = 0;

  /// `tick` is to be called by then.
  virtual void due(clock::time_point when) = 0;

  /// Remembers the text of an error that nobody is told.
  virtual void note(const std::string& why) = 0;
};

/// One topic whose tail is read, from its `begin` to its `end`:
///
///   starting --ends are known--> reading <--deleted / created anew--> gone
///       `-- deadline, no such topic --> failed
///
/// While it reads, single partitions may be out of it until it is known where
/// their log begins: new ones, those that retention has passed, those of a
/// topic created anew. The poller's thread.
class topic_tail : public std::enable_shared_from_this<topic_tail> {
 public:
  using clock = std::chrono::steady_clock;

  topic_tail(tail_surroundings& around, std::string topic, std::uint32_t epoch,
             clock::time_point deadline);

  void begin();

  /// Its partitions are given up; nothing is told any more.
  void end();

  /// It was told that it is not begun any more.
  bool failed() const { return phase_ == phase::failed; }

  /// The cluster's list of topics changed.
  void on_table(const topic_table& table);

  void on_records(const protocol::record_batch& batch);

  /// The next record is not there.
  void on_out_of_range(std::int32_t partition);

  /// Carries out what is due; returns when it is due next.
  clock::time_point tick(clock::time_point now);

  /// Appends the queues of the partitions that are read now.
  void collect(std::vector<std::shared_ptr<partition_queue>>& into) const;

  std::uint32_t epoch() const { return epoch_; }

 private:
  enum class phase { starting, reading, gone, failed, ended };
  /// Why a partition waits for its log's range.
  enum class wanted { nothing, newly, anew, range };
  struct part {
    /// Null while it is not read.
    std::shared_ptr<partition_queue> queue;
    /// The next record's offset.
    std::int64_t next = 0;
    wanted want = wanted::nothing;
  };

  void ask_list();
  void start();
  void on_ends(const std::vector<log_range>& ranges);
  void on_list(const result<std::shared_ptr<const topic_table>>& list);
  void ask_ranges(clock::time_point now);
  void on_ranges(const std::vector<log_range>& ranges);
  std::int64_t settle(part& one, const log_range& range);
  void renew(std::int32_t count);
  void widen(std::int32_t count);
  void vanish();
  void give_up_reading();
  bool read(const std::vector<position>& from);
  void drop(const std::vector<std::int32_t>& which);
  void drop_all();
  void retry_later();
  void fail(failure why, bool fatal);
  std::int32_t count() const {
    return static_cast<std::int32_t>(parts_.size());
  }

  tail_surroundings& around_;
  const std::string topic_;
  const std::uint32_t epoch_;
  const clock::time_point deadline_;
  phase phase_ = phase::starting;
  std::map<std::int32_t, part> parts_;
  /// The list's version that showed this topic first.
  std::uint64_t born_ = 0;
  /// The brokers know nothing of the topic, whatever the list says.
  bool doubtful_ = false;
  /// A question is on its way.
  bool asking_ = false;
  /// Raised when the answer to that does not count any more.
  std::uint64_t question_ = 0;
  clock::time_point retry_at_ = clock::time_point::max();
  failure last_;
};

}  // namespace wskafka::kafka
