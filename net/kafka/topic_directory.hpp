#pragma once

#include "net/kafka/broker_watch.hpp"
#include "net/kafka/handle.hpp"
#include "net/kafka/look_again.hpp"
#include "net/kafka/types.hpp"
#include "net/kafka/worker_pool.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

namespace wskafka::kafka {

/// The topics at the moment of one answer of the cluster.
struct topic_view {
  std::shared_ptr<const topic_table> table;
  /// Those of which a partition has no leader yet.
  std::set<std::string> leaderless;
  /// The answer itself.
  std::shared_ptr<const rd_kafka_metadata_t> answer;
};

/// The cluster's topic list, asked for on the worker pool. Questions that wait
/// share the next call; one call runs at a time. A topic that grew or came back
/// is told once the producer sees it so, too. All functions from any thread.
class topic_directory : public std::enable_shared_from_this<topic_directory> {
 public:
  using clock = std::chrono::steady_clock;
  using answer = std::function<void(result<topic_view>)>;

  topic_directory(std::shared_ptr<rd_kafka_t> admin,
                  std::shared_ptr<worker_pool> pool,
                  std::shared_ptr<broker_watch> watch,
                  find_producer producer = nullptr);

  std::shared_ptr<const topic_table> table() const;
  std::uint64_t version() const { return version_.load(); }

  /// `done` runs once, on a thread of the pool, by the deadline at the latest.
  void ask(clock::time_point deadline, answer done);

  /// Asks every `every` from now on, and each second while no broker answers.
  void refresh_every(std::chrono::milliseconds every);

  /// A broker may have become unreachable: finds out now.
  void suspect();

  /// The topic was created although the table of that version, from before, had
  /// it: it is another one now, unless a later list has told so by itself.
  void created_anew(const std::string& topic, std::uint64_t before);

  /// Answers what waits with SHUTTING_DOWN, later questions too, and lets go of
  /// the admin client. The table stays.
  void stop();

 private:
  struct question {
    clock::time_point deadline;
    answer done;
    worker_pool::timer expiry;
    failure last;
  };
  using questions = std::map<std::uint64_t, question>;

  void call();
  result<topic_view> fetch(rd_kafka_t* admin,
                           std::chrono::milliseconds timeout);
  void prepare_producer(const topic_table& fresh);
  topic_view publish(topic_table fresh, std::set<std::string> leaderless);
  void expire(std::uint64_t number);
  void finish(questions::node_type one, const result<topic_view>& with);

  const std::shared_ptr<worker_pool> pool_;
  const std::shared_ptr<broker_watch> watch_;
  const find_producer producer_;

  mutable std::mutex mutex_;
  /// Null after `stop`.
  std::shared_ptr<rd_kafka_t> admin_;
  std::shared_ptr<const topic_table> table_;
  std::atomic<std::uint64_t> version_{0};
  /// What the next call answers, and what the running one does.
  questions waiting_;
  questions asked_;
  std::uint64_t numbers_ = 0;
  bool scheduled_ = false;
  bool suspecting_ = false;
  bool stopped_ = false;
};

}  // namespace wskafka::kafka
