#pragma once

#include "net/kafka/handle.hpp"
#include "net/kafka/topic_directory.hpp"
#include "net/kafka/topic_jobs.hpp"
#include "net/kafka/worker_pool.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace wskafka::kafka {

/// Deletes topics, and waits until the topic list has them no more, so that
/// nobody here takes one for there. The embedded broker cannot. From any
/// thread.
class topic_remover : public std::enable_shared_from_this<topic_remover> {
 public:
  using clock = std::chrono::steady_clock;
  using answer = topic_jobs::answer;

  topic_remover(std::shared_ptr<rd_kafka_t> admin,
                std::shared_ptr<worker_pool> pool,
                std::shared_ptr<topic_directory> directory, bool embedded);

  /// `done` runs once, by the deadline at the latest.
  void remove(const std::vector<std::string>& names, clock::time_point deadline,
              answer done);

  /// A DeleteTopics result from the admin handle's main queue, which the caller
  /// polls.
  void on_result(rd_kafka_event_t* event);

  /// Answers what waits with SHUTTING_DOWN, later calls too, and lets go of the
  /// admin client.
  void stop() { jobs_->stop(); }

 private:
  topic_jobs::looker look_for_end() const;
  void request(rd_kafka_t* admin, const topic_jobs::job_ptr& work);
  void settle(topic_jobs::job& work, const std::string& topic, int error);

  const std::shared_ptr<topic_jobs> jobs_;
  const std::shared_ptr<worker_pool> pool_;
  const std::shared_ptr<topic_directory> directory_;
  const bool embedded_;
};

}  // namespace wskafka::kafka
