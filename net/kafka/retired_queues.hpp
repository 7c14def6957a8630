#pragma once

#include "net/kafka/handle.hpp"
#include "net/kafka/types.hpp"

#include <map>
#include <utility>

namespace wskafka::kafka {

/// The queues of partitions that a client reads no more. librdkafka 2.0.2 still
/// puts events there, each of which holds on to its partition; where the topic
/// does not have that partition any more, nobody else lets go of it, and the
/// client is never destroyed (librdkafka's pull request 4724). One thread at a
/// time: the poller's, then the closer's.
class retired_queues {
 public:
  void add(const topic_partition& at, queue_handle queue) {
    queue_handle& last = queues_[at];
    drain(last);
    last = std::move(queue);
  }

  /// Before it is read again.
  void remove(const topic_partition& at) {
    const auto found = queues_.find(at);
    if (found == queues_.end())
      return;
    drain(found->second);
    queues_.erase(found);
  }

  /// Before the client is destroyed.
  void drain() {
    for (auto& entry : queues_)
      drain(entry.second);
    queues_.clear();
  }

 private:
  static void drain(queue_handle& queue) {
    while (queue && event_handle(rd_kafka_queue_poll(queue.get(), 0))) {
    }
    queue.reset();
  }

  std::map<topic_partition, queue_handle> queues_;
};

}  // namespace wskafka::kafka
