#pragma once

#include "net/kafka/edge_impl.hpp"
#include "net/ledger.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <variant>
#include <vector>

/// What the tests of the Kafka edge share: an edge on the embedded broker, or
/// on the one that WSKAFKA_TEST_KAFKA names, and listeners that can be waited
/// on. A wait that takes a minute has failed.
namespace wskafka::kafka::test {

constexpr std::chrono::seconds patience{60};

/// The embedded one, to its cluster.
constexpr int broker = 1;

/// Values that some thread brings, in order.
template <class T>
class arrivals {
 public:
  void add(T value) {
    std::lock_guard<std::mutex> guard(mutex_);
    values_.push_back(std::move(value));
    changed_.notify_all();
  }

  /// The first that `wanted` accepts; those before it stay.
  template <class Wanted>
  T take_if(Wanted wanted) {
    std::unique_lock<std::mutex> guard(mutex_);
    auto found = values_.end();
    const bool came = changed_.wait_for(guard, patience, [&] {
      found = std::find_if(values_.begin(), values_.end(), wanted);
      return found != values_.end();
    });
    REQUIRE_MESSAGE(came, "nothing came within a minute");
    T value = std::move(*found);
    values_.erase(found);
    return value;
  }

  T take() {
    return take_if([](const T&) { return true; });
  }

  std::size_t size() {
    std::lock_guard<std::mutex> guard(mutex_);
    return values_.size();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<T> values_;
};

/// Waits until it holds, looking again and again.
void eventually(const std::function<bool()>& holds);

class events : public group_listener {
 public:
  void on_event(group_event event) override { all.add(std::move(event)); }

  template <class T>
  T next() {
    return std::get<T>(all.take_if(
        [](const group_event& e) { return std::holds_alternative<T>(e); }));
  }

  arrivals<group_event> all;
};

struct failed_item {
  std::shared_ptr<publish_batch> batch;
  std::size_t item = 0;
  failure why;
  bool maybe_written = false;
};

struct written_item {
  std::shared_ptr<publish_batch> batch;
  std::size_t item = 0;
  receipt where;
};

class sink : public report_sink {
 public:
  void on_publish_failed(std::shared_ptr<publish_batch> batch, std::size_t item,
                         failure why, bool maybe_written) override {
    failed.add({std::move(batch), item, std::move(why), maybe_written});
  }

  void on_published(std::shared_ptr<publish_batch> batch, std::size_t item,
                    const receipt& where) override {
    receipts.add({std::move(batch), item, where});
  }

  arrivals<failed_item> failed;
  arrivals<written_item> receipts;
};

class broker_events : public edge_listener {
 public:
  void on_broker_state(const broker_state& state) override {
    states.add(state);
  }
  void on_log(int severity, const std::string& line) override {
    lines.add({severity, line});
  }

  arrivals<broker_state> states;
  arrivals<std::pair<int, std::string>> lines;
};

/// The configuration the tests start from.
config::options test_options();

/// Nobody else uses this name on the broker.
std::string unique_name(const std::string& prefix);

/// An edge, its listener and a ledger.
class fixture {
 public:
  explicit fixture(const config::options& options = test_options());
  ~fixture();

  edge_impl& edge() { return *edge_; }
  bool real() const { return !options_.kafka.host.empty(); }
  bool stop(std::chrono::milliseconds time);

  /// A topic that exists; three partitions on either broker.
  std::string new_topic();

  std::shared_ptr<publish_batch> batch(const std::string& topic,
                                       const std::vector<std::string>& values);
  void publish(const std::shared_ptr<publish_batch>& batch,
               std::int32_t partition);
  /// Publishes, and returns when the broker has it.
  void write(const std::string& topic, std::int32_t partition,
             const std::vector<std::string>& values);

  struct member {
    std::shared_ptr<events> heard;
    std::shared_ptr<group_consumer> consumer;
  };
  member join(const std::string& group);

  /// Joins, and answers the assignment with the topic's partitions from their
  /// first record.
  member join_at_start(const std::string& group, const std::string& topic);

  broker_events heard;
  net::ledger book;
  std::shared_ptr<sink> failures = std::make_shared<sink>();
  std::shared_ptr<net::account> publisher;

 private:
  config::options options_;
  std::unique_ptr<kafka::edge> opened_;
  edge_impl* edge_ = nullptr;
};

/// The poller has done what it was told to up to now, and what it was at.
void await_turn(const fixture::member& who);

/// Records of one partition, its batch still charged.
fetched next_of(events& from, std::int32_t partition);

/// The values of so many records, in the order they came; each batch must carry
/// these epochs. Other partitions' are left alone where one is named.
struct reading {
  std::vector<std::string> values;
  std::vector<std::int64_t> offsets;
  std::vector<net::charge> held;
};
reading read(events& from, std::size_t count, std::uint32_t fetch_epoch,
             std::uint32_t owner_epoch, std::int32_t partition = -1);

std::vector<position> at_first(const std::vector<topic_partition>& partitions);
std::vector<std::string> numbered(int from, int to);

}  // namespace wskafka::kafka::test
