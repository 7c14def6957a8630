#pragma once

#include "net/kafka/broker_watch.hpp"
#include "net/kafka/handle.hpp"
#include "net/kafka/prefetch_budget.hpp"
#include "net/kafka/reaper.hpp"
#include "net/kafka/retired_queues.hpp"

#include <functional>
#include <memory>
#include <utility>

namespace wskafka::kafka {

/// A consumer's client, shared by those who are in a call on it: its poller,
/// workers, at the end its closer. The last one to let go has it destroyed, on
/// a thread of the reaper.
class consumer_client {
 public:
  consumer_client(client_handle client, std::shared_ptr<broker_watch> watch,
                  std::unique_ptr<prefetch_budget::share> share, reaper graves)
      : client_(std::move(client)),
        watch_(std::move(watch)),
        share_(std::move(share)),
        graves_(std::move(graves)) {
    watch_->opened();
  }
  consumer_client(const consumer_client&) = delete;
  consumer_client& operator=(const consumer_client&) = delete;
  ~consumer_client() {
    retired_.drain();
    graves_.destroy(
        std::move(client_),
        [watch = std::move(watch_), share = std::move(share_),
         gone = std::move(gone_)] {
          watch->closed();
          if (gone)
            gone();
        },
        // Closing is the closer's, which knows how long it may take.
        RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
  }

  rd_kafka_t* get() const { return client_.get(); }
  prefetch_budget::share& prefetch() { return *share_; }
  retired_queues& retired() { return retired_; }

  /// What runs when the client is gone, on the reaper's thread; by the closer.
  void when_gone(std::function<void()> call) { gone_ = std::move(call); }

 private:
  client_handle client_;
  retired_queues retired_;
  std::shared_ptr<broker_watch> watch_;
  /// Shared, because it goes with the task that destroys the client.
  std::shared_ptr<prefetch_budget::share> share_;
  reaper graves_;
  std::function<void()> gone_;
};

}  // namespace wskafka::kafka
