#pragma once

#include "net/kafka/callback_gate.hpp"
#include "net/kafka/group_consumer.hpp"
#include "net/kafka/worker_pool.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

struct rd_kafka_s;

namespace wskafka::kafka {

/// One question where partitions start: answered once, by the deadline at the
/// latest, also when the pool drops it.
class start_finder : public std::enable_shared_from_this<start_finder> {
 public:
  using clock = std::chrono::steady_clock;
  using callback = std::function<void(std::vector<start_answer>)>;

  start_finder(std::vector<start_question> questions,
               clock::time_point deadline, callback done,
               std::shared_ptr<callback_gate> gate);
  ~start_finder();

  /// From any thread: asks on the pool. `client` gives the consumer to ask by,
  /// which lives as long as what it returns; null when it is closed.
  void begin(const std::shared_ptr<worker_pool>& pool,
             std::function<std::shared_ptr<rd_kafka_s>()> client);

 private:
  std::vector<start_answer> find(rd_kafka_s* client) const;
  std::vector<start_answer> all_failed(const failure& why) const;
  void finish(std::vector<start_answer> answers);

  const std::vector<start_question> questions_;
  const clock::time_point deadline_;
  const std::shared_ptr<callback_gate> gate_;
  std::mutex mutex_;
  callback done_;
};

}  // namespace wskafka::kafka
