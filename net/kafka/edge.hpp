#pragma once

#include "config/options.hpp"
#include "net/kafka/group_consumer.hpp"
#include "net/kafka/history_reader.hpp"
#include "net/kafka/producer.hpp"
#include "net/kafka/tail_reader.hpp"
#include "net/kafka/topic_questions.hpp"
#include "net/kafka/types.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace wskafka::kafka {

/// What is known of the brokers.
struct broker_state {
  /// At least one broker answered last.
  bool up = false;
  /// `embedded`, or the configured host list.
  std::string name;
  std::string last_error;
  std::uint64_t handles = 0;
};

/// Is told, on a thread of the edge, of what concerns the process.
class edge_listener {
 public:
  virtual ~edge_listener() = default;

  /// The brokers became reachable or unreachable. Repeated errors of the same
  /// kind are not repeated here.
  virtual void on_broker_state(const broker_state& state) = 0;

  /// A line of librdkafka's own log, severity as in syslog (0 to 7).
  virtual void on_log(int severity, const std::string& line) = 0;
};

/// The Kafka edge: the shared handles, and all threads that call librdkafka
/// (pollers, report thread, worker pool, closer). Owns the embedded broker when
/// no host is configured.
class edge {
 public:
  /// Makes the handles; does not wait for a broker. The error as a sentence,
  /// naming the configuration key, when librdkafka refuses a property.
  static result<std::unique_ptr<edge>> open(const config::options& options,
                                            edge_listener& events);
  virtual ~edge() = default;

  /// What librdkafka refuses, as in `open`, of each role whose handle it does
  /// not make. Connects to nothing, leaves nothing running; blocks for some
  /// milliseconds.
  static std::vector<failure> refusals(const config::options& options);

  virtual kafka::producer& producer() = 0;

  /// A new member of `group`, not subscribed yet. A failure when
  /// `prefetch_budget` is used up (code LIMIT_REACHED) or the handle cannot be
  /// made. The edge keeps the handle until `consumer_closed`.
  virtual result<std::shared_ptr<group_consumer>> join(
      const std::string& group, std::shared_ptr<group_listener> events) = 0;

  /// The reader of the tails of all broadcast topics; one for the process. Its
  /// records are charged to `payer`, and none are polled while that has no
  /// delivery credit. No handle is made before the first `begin`. The edge
  /// keeps the reader until `tails_closed`.
  virtual result<std::shared_ptr<tail_reader>> tails(
      std::shared_ptr<tail_listener> events,
      std::shared_ptr<net::account> payer) = 0;

  /// The reader of what lies before the tails; one for the process. No handle
  /// is made before the first read. Null when the edge is stopping.
  virtual std::shared_ptr<history_reader> history() = 0;

  /// The cluster's topics as last seen; from any thread, never blocks, never
  /// null. Refreshed every `metadata_refresh` and by `refresh` and `create`.
  virtual std::shared_ptr<const topic_table> topics() const = 0;

  /// The version of `topics()`, for cheap comparing.
  virtual std::uint64_t topics_version() const = 0;

  /// Asks the cluster for its full topic list; concurrent questions share one
  /// call. `done` runs on a worker's thread, by `timeout` at the latest.
  virtual void refresh(
      std::chrono::milliseconds timeout,
      std::function<void(result<std::shared_ptr<const topic_table>>)> done) = 0;

  /// Creates topics; an existing one is a success, unless it is not of the
  /// partitions or replicas that were named. `done` runs on a thread of the
  /// edge when they can be produced to and subscribed to, or by `timeout` at
  /// the latest, with one outcome per topic in the order given.
  virtual void create(
      std::vector<new_topic> topics, std::chrono::milliseconds timeout,
      std::function<void(std::vector<create_outcome>)> done) = 0;

  /// Deletes topics. `done` runs on a thread of the edge when `topics()` has
  /// them no more, or by `timeout` at the latest, with one outcome per name in
  /// the order given.
  virtual void remove(
      std::vector<std::string> names, std::chrono::milliseconds timeout,
      std::function<void(std::vector<create_outcome>)> done) = 0;

  /// Asks the cluster who has these topics' partitions; creates none. `done`
  /// runs on a thread of the edge, by `timeout` at the latest.
  virtual void describe(
      std::vector<std::string> names, std::chrono::milliseconds timeout,
      std::function<void(result<topic_descriptions>)> done) = 0;

  /// Asks the cluster where these topics' logs begin and end; creates none.
  /// `done` runs on a thread of the edge, by `timeout` at the latest.
  virtual void offsets(offsets_question question,
                       std::chrono::milliseconds timeout,
                       std::function<void(result<topic_offsets>)> done) = 0;

  virtual broker_state state() const = 0;

  /// Ends all threads and handles: closes what is left of consumers, flushes
  /// the producer, both by `deadline`. Callbacks do not run after it. True when
  /// nothing had to be given up.
  virtual bool stop(std::chrono::steady_clock::time_point deadline) = 0;
};

}  // namespace wskafka::kafka
