#pragma once

#include "net/kafka/broker_watch.hpp"
#include "net/kafka/callback_gate.hpp"
#include "net/kafka/closer.hpp"
#include "net/kafka/consumer_client.hpp"
#include "net/kafka/consumer_error.hpp"
#include "net/kafka/fetch_wake.hpp"
#include "net/kafka/group_consumer.hpp"
#include "net/kafka/partition_queue.hpp"
#include "net/kafka/poller.hpp"
#include "net/kafka/queue_reader.hpp"
#include "net/kafka/rotation.hpp"
#include "net/kafka/topic_directory.hpp"
#include "net/kafka/worker_pool.hpp"

#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace wskafka::kafka {

/// A group member on one consumer client: `libraries.md` C8's recipe. Commands
/// are posted to its poller, whose thread alone touches what is not said to be
/// shared. Ends by `close`, which hands the client to the closer.
class group_handle final : public group_consumer,
                           public pollable,
                           public timed,
                           public partition_events,
                           public std::enable_shared_from_this<group_handle> {
 public:
  using clock = std::chrono::steady_clock;

  /// What it needs of the edge; `leavers` outlives the poller's thread.
  struct surroundings {
    std::shared_ptr<poller> by;
    std::shared_ptr<worker_pool> workers;
    std::shared_ptr<broker_watch> watch;
    std::shared_ptr<callback_gate> gate;
    closer& leavers;
    batch_bounds bounds;
    credentials login;
    std::shared_ptr<topic_directory> directory;
    /// How long the actor may leave a rebalance unanswered: longer, and the
    /// whole group waits for this member.
    std::chrono::milliseconds answer_time{45'000};
  };

  /// `ended` runs after `consumer_closed` was told, on the closer's thread.
  group_handle(surroundings around, std::shared_ptr<consumer_client> client,
               std::shared_ptr<group_listener> events,
               std::function<void()> ended);

  /// Begins to be polled.
  void start();

  void subscribe(std::vector<std::string> topics) override;
  void assign(std::vector<position> starts, std::uint32_t epoch) override;
  void unassign() override;
  void give(topic_partition at, std::shared_ptr<net::account> owner,
            std::uint32_t owner_epoch) override;
  void seek(topic_partition at, std::int64_t offset,
            std::uint32_t epoch) override;
  void commit(std::uint64_t id, std::vector<position> positions) override;
  void find_starts(
      std::vector<start_question> questions, std::chrono::milliseconds timeout,
      std::function<void(std::vector<start_answer>)> done) override;
  std::vector<position> ends() const override;
  void close(clock::time_point deadline) override;

  bool turn() override;
  clock::time_point tick(clock::time_point now) override;
  void on_records(fetched records) override;
  void on_partition_error(rd_kafka_event_t* error) override;
  void on_room() override { pacer_.has_room(*around_.by); }

 private:
  enum class expected { nothing, assign, unassign };

  void post(std::function<void(group_handle&)> command);
  void do_subscribe(const std::vector<std::string>& topics);
  void do_assign(const std::vector<position>& starts, std::uint32_t epoch);
  void do_unassign();
  void do_give(const topic_partition& at, std::shared_ptr<net::account> owner,
               std::uint32_t owner_epoch);
  void do_commit(std::uint64_t id, std::vector<position> positions);
  void do_close(clock::time_point deadline);

  void go_on();
  bool serve();
  void read(rd_kafka_event_t* event);
  void on_rebalance(rd_kafka_event_t* event);
  void on_committed(rd_kafka_event_t* event);
  void on_error(rd_kafka_event_t* event);
  void answer_late();
  void follow_table();
  void on_missing(failure why, const std::string& topic);

  // Partitions that librdkafka has stopped (group_ranges.cpp).
  void on_out_of_range(const topic_partition& at);
  void ask_ranges();
  void on_ranges(const std::vector<log_range>& ranges);

  void drop_partitions();
  void publish_partitions();
  void hand_over(clock::time_point now);
  void emit(group_event event) { events_->on_event(std::move(event)); }
  void fail(failure why, std::string topic = {}, bool fatal = false);
  rd_kafka_t* raw() const { return client_->get(); }
  std::shared_ptr<consumer_client> shared_client() const;

  const surroundings around_;
  const std::shared_ptr<group_listener> events_;
  const std::function<void()> ended_;

  /// Written by the poller; `ends` and workers read them.
  mutable std::mutex shared_mutex_;
  std::shared_ptr<consumer_client> client_;
  std::vector<topic_partition> assigned_;

  /// Somebody's account is low again.
  std::atomic<bool> credit_back_{false};
  rotation turns_;

  std::unique_ptr<queue_reader> queue_;
  std::map<topic_partition, std::shared_ptr<partition_queue>> partitions_;
  std::map<std::uint64_t, std::vector<position>> commits_;
  bool joined_ = false;

  expected answer_ = expected::nothing;
  clock::time_point answer_until_ = clock::time_point::max();

  clock::time_point sweep_at_{};
  std::uint64_t table_version_ = 0;
  /// Topics that were told to be no more.
  std::set<std::string> missing_;
  /// Whose logs are asked for; a question is on its way; the next one is due.
  std::set<topic_partition> lost_;
  bool asking_ = false;
  clock::time_point ask_at_ = clock::time_point::max();

  fetch_pacer pacer_;
  failure_filter told_;

  bool closing_ = false;
  clock::time_point deadline_{};
  clock::time_point commits_until_{};
};

}  // namespace wskafka::kafka
