#pragma once

#include "config/options.hpp"
#include "net/kafka/broker_watch.hpp"
#include "net/kafka/handle.hpp"
#include "net/kafka/producer.hpp"
#include "net/kafka/queue_reader.hpp"
#include "net/kafka/reaper.hpp"
#include "net/kafka/settings.hpp"
#include "net/kafka/wake_signal.hpp"

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <shared_mutex>
#include <string>
#include <vector>

namespace wskafka::kafka {

/// The current topic handle; the producer replaces it when it makes its client
/// anew.
class producer_topic {
 public:
  producer_topic(std::string topic_name, topic_handle handle)
      : name(std::move(topic_name)), current(std::move(handle)) {}

  const std::string name;
  /// Guarded by the producer's mutex.
  topic_handle current;
};

/// The producer on one librdkafka client. The edge's report thread calls
/// `serve`; everything else is called as `producer` says.
class producer_handle final : public producer {
 public:
  using clock = std::chrono::steady_clock;

  /// What it needs of the edge; all of it outlives the producer.
  struct surroundings {
    const config::options& options;
    cluster_address address;
    broker_watch& watch;
    reaper graves;
    /// Set when there is something for `serve`.
    wake_signal& wake;
    /// All brokers of this client are down, it says.
    std::function<void()> suspect;
  };

  producer_handle(surroundings around, client_handle client);
  ~producer_handle() override;

  producer_topic* topic(std::string_view name) override;
  void begin(const std::shared_ptr<publish_batch>& batch) override;
  void publish(publish_batch& batch, std::size_t item, producer_topic* topic,
               std::int32_t partition) override;
  bool flush(clock::time_point deadline) override;
  producer_statistics count() const override;

  /// On the report thread: reads reports and errors; true when there may be
  /// more at once.
  bool serve();

  /// On the report thread: when `serve` has something to do unasked.
  clock::time_point due() const {
    return broken_.empty() ? clock::time_point::max() : next_try_;
  }

  /// Refuses what comes from now on, with SHUTTING_DOWN, and flushes.
  bool close(clock::time_point deadline);

  /// After `close`, when the report thread has ended: the client goes.
  void release();

  /// The client, where it was asked for one of these topics before; else null.
  std::shared_ptr<rd_kafka_t> client_of(
      const std::vector<std::string>& topics) const;

  /// For tests: to break it.
  std::shared_ptr<rd_kafka_t> client() const;

 private:
  std::unique_ptr<queue_reader> read_from(rd_kafka_t* client) const;
  void read(rd_kafka_event_t* event);
  void report(const rd_kafka_message_t& message);
  std::int64_t timestamp_of(const rd_kafka_message_t& message) const;
  void on_error(rd_kafka_event_t* event);
  void make_anew();
  void purge(rd_kafka_t* old, queue_reader& reports);
  void fail(publish_batch& batch, publish_item& item, failure why,
            bool maybe_written);
  failure failure_of(int error, std::string_view topic) const;

  const surroundings around_;

  /// Written while the client is made anew, read by each publish.
  mutable std::shared_mutex mutex_;
  std::shared_ptr<rd_kafka_t> client_;
  std::map<std::string, std::unique_ptr<producer_topic>, std::less<>> topics_;

  /// The report thread's alone.
  std::unique_ptr<queue_reader> reports_;
  std::string broken_;
  clock::time_point next_try_{};

  std::atomic<bool> closed_{false};
  std::atomic<bool> purging_{false};
  std::atomic<std::uint64_t> handed_over_{0};
  std::atomic<std::uint64_t> reported_{0};
  std::atomic<std::uint64_t> failed_{0};
  std::atomic<std::uint64_t> recreated_{0};
};

}  // namespace wskafka::kafka
