#pragma once

#include "net/kafka/handle.hpp"
#include "net/kafka/topic_directory.hpp"
#include "net/kafka/topic_questions.hpp"
#include "net/kafka/worker_pool.hpp"

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace wskafka::kafka {

/// Tells where the logs of topics begin and end, and what a group has committed
/// there. A question goes through these steps:
///
///     topic list -> commits of the group, where asked for -> ListOffsets
///
/// What fails and can be tried again begins anew, until the deadline. All but
/// the first step blocks, and is done for one question at a time: however many
/// there are, the workers have turns for others between them. Commits are read
/// by a consumer of the group that joins nothing and goes again; librdkafka
/// 2.0.2's admin call for them crashes where the broker's coordinator is not
/// ready. Positions are read in the
/// order in which they grow, so that no lag is below 0 for that. From any
/// thread.
class offset_inquirer : public std::enable_shared_from_this<offset_inquirer> {
 public:
  using clock = std::chrono::steady_clock;
  using answer = std::function<void(result<topic_offsets>)>;
  /// Makes a consumer of the group; null when that cannot be.
  using consumer_maker =
      std::function<std::shared_ptr<rd_kafka_t>(const std::string& group)>;

  offset_inquirer(std::shared_ptr<rd_kafka_t> admin,
                  std::shared_ptr<worker_pool> pool,
                  std::shared_ptr<topic_directory> directory,
                  consumer_maker make_consumer);

  /// `done` runs once, by the deadline at the latest.
  void ask(offsets_question question, clock::time_point deadline, answer done);

  /// Answers what waits with SHUTTING_DOWN, later questions too, and lets go of
  /// the admin client.
  void stop();

 private:
  struct job;
  using job_ptr = std::shared_ptr<job>;

  void begin(const job_ptr& work);
  void on_view(const job_ptr& work, const result<topic_view>& view);
  void queue(const job_ptr& work);
  void serve();
  void fail(const job_ptr& work, const failure& why);
  void expire(const job_ptr& work);
  void finish(const job_ptr& work, const result<topic_offsets>& with);

  const std::shared_ptr<worker_pool> pool_;
  const std::shared_ptr<topic_directory> directory_;
  const consumer_maker make_consumer_;

  std::mutex mutex_;
  /// Null after `stop`.
  std::shared_ptr<rd_kafka_t> admin_;
  /// Those that are not answered.
  std::map<std::uint64_t, job_ptr> jobs_;
  /// Those whose turn it is at the brokers.
  std::deque<job_ptr> ready_;
  bool serving_ = false;
  std::uint64_t numbers_ = 0;
  bool stopped_ = false;
};

}  // namespace wskafka::kafka
