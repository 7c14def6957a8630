#pragma once

#include "net/kafka/edge.hpp"
#include "net/kafka/embedded_broker.hpp"
#include "net/kafka/handle.hpp"
#include "net/kafka/look_again.hpp"
#include "net/kafka/topic_directory.hpp"
#include "net/kafka/topic_jobs.hpp"
#include "net/kafka/worker_pool.hpp"

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace wskafka::kafka {

/// Creates topics, by CreateTopics or on the embedded broker, and waits until
/// each partition has a leader, and the producer knows of it. Those that exist
/// are compared with what was named of their shape. From any thread.
class topic_creator : public std::enable_shared_from_this<topic_creator> {
 public:
  using clock = std::chrono::steady_clock;
  using answer = topic_jobs::answer;

  /// `embedded` is null on a real cluster; its topics get `partitions` where
  /// none are named.
  topic_creator(std::shared_ptr<rd_kafka_t> admin,
                std::shared_ptr<worker_pool> pool,
                std::shared_ptr<topic_directory> directory,
                std::shared_ptr<embedded_broker> embedded, int partitions,
                find_producer producer);

  /// `done` runs once, by the deadline at the latest. Names may repeat, but
  /// their shapes are those of the first.
  void create(const std::vector<new_topic>& topics, clock::time_point deadline,
              answer done);

  /// A CreateTopics result from the admin handle's main queue, which the caller
  /// polls.
  void on_result(rd_kafka_event_t* event);

  /// Answers what waits with SHUTTING_DOWN, later calls too, and lets go of the
  /// admin client.
  void stop() { jobs_->stop(); }

 private:
  using shapes = std::map<std::string, topic_shape>;

  void request(rd_kafka_t* admin, const topic_jobs::job_ptr& work,
               const shapes& wanted);
  void create_embedded(const topic_jobs::job_ptr& work, const shapes& wanted);
  void settle(topic_jobs::job& work, const std::string& topic, int error,
              const char* told = nullptr);

  const std::shared_ptr<topic_jobs> jobs_;
  const std::shared_ptr<worker_pool> pool_;
  const std::shared_ptr<topic_directory> directory_;
  const std::shared_ptr<embedded_broker> embedded_;
  const int partitions_;
};

}  // namespace wskafka::kafka
