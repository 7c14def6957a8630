#pragma once

#include "net/kafka/edge.hpp"
#include "net/kafka/embedded_broker.hpp"
#include "net/kafka/handle.hpp"
#include "net/kafka/topic_directory.hpp"
#include "net/kafka/worker_pool.hpp"

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

/// Creates topics with the broker's default partition count, by CreateTopics or
/// on the embedded broker, and waits until each partition has a leader. From
/// any thread.
class topic_creator : public std::enable_shared_from_this<topic_creator> {
 public:
  using clock = std::chrono::steady_clock;
  using answer = std::function<void(std::vector<create_outcome>)>;

  /// `embedded` is null on a real cluster; its topics get `partitions`.
  topic_creator(std::shared_ptr<rd_kafka_t> admin,
                std::shared_ptr<worker_pool> pool,
                std::shared_ptr<topic_directory> directory,
                std::shared_ptr<embedded_broker> embedded, int partitions);

  /// `done` runs once, by the deadline at the latest.
  void create(const std::vector<std::string>& names, clock::time_point deadline,
              answer done);

  /// A CreateTopics result from the admin handle's main queue, which the caller
  /// polls.
  void on_result(rd_kafka_event_t* event);

  /// Answers what waits with SHUTTING_DOWN, later calls too, and lets go of the
  /// admin client.
  void stop();

 private:
  struct job;
  using job_ptr = std::shared_ptr<job>;

  void request(rd_kafka_t* admin, const job_ptr& work);
  void create_embedded(const job_ptr& work);
  void settle(job& work, const std::string& topic, int error);
  void await_leaders(const job_ptr& work);
  void on_view(const job_ptr& work, const result<topic_view>& view);
  void finish(const job_ptr& work, const failure& for_the_rest);

  const std::shared_ptr<worker_pool> pool_;
  const std::shared_ptr<topic_directory> directory_;
  const std::shared_ptr<embedded_broker> embedded_;
  const int partitions_;

  std::mutex mutex_;
  /// Null after `stop`.
  std::shared_ptr<rd_kafka_t> admin_;
  std::map<std::uint64_t, job_ptr> jobs_;
  std::uint64_t numbers_ = 0;
  bool stopped_ = false;
};

}  // namespace wskafka::kafka
