#pragma once

#include "net/kafka/handle.hpp"

#include <functional>
#include <utility>

namespace wskafka::kafka {

/// One of librdkafka's queues, and whom it tells that it turned non-empty: read
/// it until it is empty, then wait to be told. Read by one thread.
class queue_reader {
 public:
  /// `ready` is called now, for what is there already, and later under the
  /// queue's lock, from any thread: it may set a signal, and nothing else.
  queue_reader(queue_handle queue, std::function<void()> ready)
      : ready_(std::move(ready)), queue_(std::move(queue)) {
    rd_kafka_queue_cb_event_enable(
        queue_.get(),
        [](rd_kafka_t*, void* self) {
          static_cast<queue_reader*>(self)->ready_();
        },
        this);
    ready_();
  }
  queue_reader(const queue_reader&) = delete;
  queue_reader& operator=(const queue_reader&) = delete;
  ~queue_reader() {
    rd_kafka_queue_cb_event_enable(queue_.get(), nullptr, nullptr);
  }

  /// The next event, or null; never waits.
  event_handle next() {
    return event_handle(rd_kafka_queue_poll(queue_.get(), 0));
  }

  rd_kafka_queue_t* get() const { return queue_.get(); }

 private:
  const std::function<void()> ready_;
  const queue_handle queue_;
};

}  // namespace wskafka::kafka
