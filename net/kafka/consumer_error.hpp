#pragma once

#include "net/kafka/broker_watch.hpp"
#include "net/kafka/handle.hpp"
#include "net/kafka/types.hpp"

#include <chrono>
#include <functional>
#include <optional>
#include <string>

/// How the errors of a consumer's handle are read and told. The poller's
/// thread.
namespace wskafka::kafka {

struct consumer_error {
  /// librdkafka's number.
  int code = 0;
  failure why;
  bool fatal = false;
  /// Of which topic and partition; no topic: of the handle.
  topic_partition at;
};

/// The error of an event. Nothing when it says only that brokers cannot be
/// reached: the client goes on by itself, and what it means is for the watch
/// to find out; `suspect` runs when all are down, it says.
std::optional<consumer_error> read_consumer_error(
    rd_kafka_t* client, rd_kafka_event_t* event, broker_watch& watch,
    const std::function<void()>& suspect);

/// The same failure again within a moment says nothing new.
class failure_filter {
 public:
  using clock = std::chrono::steady_clock;

  bool is_news(const failure& why, clock::time_point now);

 private:
  std::string told_;
  clock::time_point told_at_{};
};

}  // namespace wskafka::kafka
