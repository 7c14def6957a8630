#pragma once

#include "net/kafka/handle.hpp"
#include "net/kafka/topic_directory.hpp"
#include "net/kafka/topic_questions.hpp"
#include "net/kafka/worker_pool.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace wskafka::kafka {

/// Changes of topics that were asked for: each is first done by the cluster,
/// then looked for in its topic list, and answered once. From any thread.
class topic_jobs : public std::enable_shared_from_this<topic_jobs> {
 public:
  using clock = std::chrono::steady_clock;
  using answer = std::function<void(std::vector<create_outcome>)>;
  struct job;
  using job_ptr = std::shared_ptr<job>;

  struct seen {
    /// The list shows what was to become of it.
    bool done = false;
    /// It shows something else.
    std::optional<failure> error = std::nullopt;
  };
  /// What the list shows of one topic of the job.
  using looker = std::function<seen(const topic_view&, const std::string&)>;

  /// What is left to do for those that were changed, on a worker, by the
  /// deadline.
  using step =
      std::function<void(const std::vector<std::string>&, clock::time_point)>;

  /// `what` begins the failures of all, e.g. "cannot create topics"; `last`
  /// comes before the answer, where there is such a thing.
  topic_jobs(std::shared_ptr<rd_kafka_t> admin,
             std::shared_ptr<worker_pool> pool,
             std::shared_ptr<topic_directory> directory, std::string what,
             step last = nullptr);

  struct begun {
    /// Null: it was answered already, for all is stopping.
    job_ptr work;
    std::shared_ptr<rd_kafka_t> admin;
  };
  /// `done` runs once, by the deadline at the latest.
  begun begin(const std::vector<std::string>& names, clock::time_point deadline,
              answer done, looker look);

  /// What librdkafka gives back with its answer, and whose it is; null when its
  /// deadline was sooner.
  static std::uint64_t number(const job& work);
  job_ptr find(std::uint64_t number);
  static const std::vector<std::string>& names(const job& work);

  /// The version of the topic table when it was asked for.
  static std::uint64_t table_before(const job& work);

  /// What librdkafka may take, in its milliseconds.
  static int time_left(const job& work);

  /// The cluster has answered for one topic.
  static void fail(job& work, const std::string& topic, failure why);
  /// `changed`: not that it was so before.
  static void succeed(job& work, const std::string& topic, bool changed = true);

  /// A failure if the list does not show the topic now, else a success.
  static void fail_if_missing(job& work, const std::string& topic, failure why);

  /// It has answered for all: waits until the list shows those that succeeded.
  void await_list(const job_ptr& work);

  /// Answers what waits with SHUTTING_DOWN, later calls too, and lets go of the
  /// admin client.
  void stop();

 private:
  void on_view(const job_ptr& work, const result<topic_view>& view);
  void finish(const job_ptr& work, const failure& for_the_rest);

  const std::shared_ptr<worker_pool> pool_;
  const std::shared_ptr<topic_directory> directory_;
  const std::string what_;
  const step last_;

  std::mutex mutex_;
  /// Null after `stop`.
  std::shared_ptr<rd_kafka_t> admin_;
  std::map<std::uint64_t, job_ptr> jobs_;
  std::uint64_t numbers_ = 0;
  bool stopped_ = false;
};

}  // namespace wskafka::kafka
