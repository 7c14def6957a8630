#pragma once

#include "net/kafka/broker_watch.hpp"
#include "net/kafka/closer.hpp"
#include "net/kafka/consumer_client.hpp"
#include "net/kafka/consumer_error.hpp"
#include "net/kafka/fetch_wake.hpp"
#include "net/kafka/partition_queue.hpp"
#include "net/kafka/poller.hpp"
#include "net/kafka/queue_reader.hpp"
#include "net/kafka/rotation.hpp"
#include "net/kafka/tail_reader.hpp"
#include "net/kafka/topic_directory.hpp"
#include "net/kafka/topic_tail.hpp"
#include "net/kafka/worker_pool.hpp"

#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace wskafka::kafka {

/// The tails of all topics on one consumer client, which is made at the first
/// `begin` and then stays until the close. Commands are posted to its poller,
/// whose thread alone touches what is not said to be shared. Ends by `close`,
/// which hands the client to the closer.
class tail_handle final : public tail_reader,
                          public pollable,
                          public timed,
                          private partition_events,
                          private tail_surroundings,
                          public std::enable_shared_from_this<tail_handle> {
 public:
  using clock = std::chrono::steady_clock;

  /// What it needs of the edge; `leavers` outlives the poller's thread.
  struct surroundings {
    std::shared_ptr<poller> by;
    std::shared_ptr<worker_pool> workers;
    std::shared_ptr<broker_watch> watch;
    std::shared_ptr<topic_directory> directory;
    closer& leavers;
    batch_bounds bounds;
    credentials login;
    /// Makes the client, on the poller's thread.
    std::function<result<std::shared_ptr<consumer_client>>()> make_client;
  };

  /// `ended` runs after `tails_closed` was told, on the closer's thread.
  tail_handle(surroundings around, std::shared_ptr<tail_listener> events,
              std::shared_ptr<net::account> payer, std::function<void()> ended);

  void begin(std::string topic, std::uint32_t epoch,
             std::chrono::milliseconds timeout) override;
  void end(std::string topic) override;
  std::vector<position> ends(const std::string& topic) const override;
  void locate(std::string topic, std::uint64_t question,
              std::vector<std::int32_t> partitions,
              std::optional<std::int64_t> time,
              std::chrono::milliseconds timeout) override;
  void close(clock::time_point deadline) override;

  bool turn() override;
  clock::time_point tick(clock::time_point now) override;

 private:
  void go_on();
  void on_records(fetched records) override;
  void on_partition_error(rd_kafka_event_t* error) override;
  void on_room() override { pacer_.has_room(*around_.by); }

  consumer_client& client() override { return *client_; }
  std::shared_ptr<partition_queue> make_queue(
      const topic_partition& at) override;
  const std::shared_ptr<net::account>& payer() override { return payer_; }
  void emit(tail_event event) override { events_->on_event(std::move(event)); }
  void ask(std::vector<topic_partition> of, clock::time_point deadline,
           std::function<void(std::vector<log_range>)> done) override {
    ask(std::move(of), std::nullopt, deadline, std::move(done));
  }
  void ask(std::vector<topic_partition> of, std::optional<std::int64_t> time,
           clock::time_point deadline,
           std::function<void(std::vector<log_range>)> done);
  void list(clock::time_point deadline,
            std::function<void(result<std::shared_ptr<const topic_table>>)>
                done) override;
  std::shared_ptr<const topic_table> table() override {
    return around_.directory->table();
  }
  bool room(std::size_t partitions) override {
    return client_->prefetch().fits(assigned_.size() + partitions);
  }
  void changed() override;
  void due(clock::time_point when) override { around_.by->due(when); }
  void note(const std::string& why) override { around_.watch->note(why); }

  void post(std::function<void(tail_handle&)> command);
  void do_begin(const std::string& topic, std::uint32_t epoch,
                clock::time_point deadline);
  void do_close(clock::time_point deadline);
  failure open();
  void follow_table();
  std::vector<std::shared_ptr<partition_queue>> queues() const;
  void read(rd_kafka_event_t* event);
  void on_error(rd_kafka_event_t* event);
  void on_topic_error(consumer_error error);

  const surroundings around_;
  const std::shared_ptr<tail_listener> events_;
  const std::shared_ptr<net::account> payer_;
  const std::function<void()> ended_;

  /// Written by the poller; `ends` reads them.
  mutable std::mutex shared_mutex_;
  std::shared_ptr<consumer_client> client_;
  std::vector<topic_partition> assigned_;

  /// The payer's account is low again.
  std::atomic<bool> credit_back_{false};

  rotation turns_;
  std::unique_ptr<queue_reader> queue_;
  std::map<std::string, std::shared_ptr<topic_tail>, std::less<>> tails_;
  std::uint64_t table_version_ = 0;
  clock::time_point sweep_at_{};
  fetch_pacer pacer_;
  failure_filter told_;
  bool closing_ = false;
};

}  // namespace wskafka::kafka
