#include "net/kafka/consumer_error.hpp"

#include "net/kafka/error.hpp"

#include <array>
#include <utility>

namespace wskafka::kafka {

std::optional<consumer_error> read_consumer_error(
    rd_kafka_t* client, rd_kafka_event_t* event, broker_watch& watch,
    const std::function<void()>& suspect) {
  consumer_error read;
  read.code = rd_kafka_event_error(event);
  if (is_unreachable(read.code)) {
    watch.note(rd_kafka_event_error_string(event));
    if (read.code == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN)
      suspect();
    return std::nullopt;
  }
  if (rd_kafka_event_error_is_fatal(event) != 0) {
    std::array<char, 512> why{};
    read.code = rd_kafka_fatal_error(client, why.data(), why.size());
    read.why =
        to_failure(read.code, std::string("the consumer broke: ") + why.data());
    read.fatal = true;
    return read;
  }
  std::string what = "the consumer met an error";
  if (const auto at = partition_handle(rd_kafka_event_topic_partition(event))) {
    read.at = {at->topic, at->partition};
    what = "cannot read topic \"" + read.at.topic + '"';
    if (read.at.partition >= 0)
      what += " partition " + std::to_string(read.at.partition);
  }
  read.why = to_failure(read.code, what);
  return read;
}

bool failure_filter::is_news(const failure& why, clock::time_point now) {
  constexpr std::chrono::milliseconds pause{1000};
  std::string key = why.code + why.message;
  if (key == told_ && now - told_at_ < pause)
    return false;
  told_ = std::move(key);
  told_at_ = now;
  return true;
}

}  // namespace wskafka::kafka
