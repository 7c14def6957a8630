#include "net/kafka/error.hpp"

#include <librdkafka/rdkafka.h>

#include <utility>

namespace wskafka::kafka {
namespace {

/// librdkafka's local errors never reach the wire under its names.
std::string_view code_of_local(int error) {
  switch (error) {
    case RD_KAFKA_RESP_ERR__TIMED_OUT:
    case RD_KAFKA_RESP_ERR__MSG_TIMED_OUT:
    case RD_KAFKA_RESP_ERR__TIMED_OUT_QUEUE:
      return "TIMEOUT";
    case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
    case RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION:
      return "UNKNOWN_TOPIC_OR_PARTITION";
    case RD_KAFKA_RESP_ERR__TRANSPORT:
    case RD_KAFKA_RESP_ERR__RESOLVE:
    case RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN:
    case RD_KAFKA_RESP_ERR__WAIT_COORD:
      return "BROKER_UNAVAILABLE";
    case RD_KAFKA_RESP_ERR__QUEUE_FULL:
      return "QUEUE_FULL";
    case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET:
      return "OFFSET_OUT_OF_RANGE";
    default:
      return "INTERNAL";
  }
}

/// librdkafka's text for the number, less the word that says who found it.
std::string text_of(int error) {
  std::string text = rd_kafka_err2str(static_cast<rd_kafka_resp_err_t>(error));
  for (const std::string_view prefix : {"Broker: ", "Local: "})
    if (text.compare(0, prefix.size(), prefix) == 0)
      return text.substr(prefix.size());
  return text;
}

}  // namespace

failure to_failure(int error, const std::string& what) {
  if (const kafka_error* known = find_kafka_error(error)) {
    constexpr int last_with_text = 96;
    const std::string why =
        error <= last_with_text ? text_of(error) : std::string(known->name);
    return {std::string(known->name), what + ": " + why + ".",
            known->retriable};
  }
  const std::string_view code = code_of_local(error);
  return {std::string(code), what + ": " + text_of(error) + ".",
          code != "OFFSET_OUT_OF_RANGE"};
}

failure own_failure(std::string_view code, std::string message) {
  return {std::string(code), std::move(message), true};
}

failure timed_out(const std::string& what) {
  return own_failure("TIMEOUT", what + ": the brokers did not answer in time.");
}

failure shutting_down(const std::string& what) {
  return own_failure("SHUTTING_DOWN", what + ": the gateway is stopping.");
}

bool is_unreachable(int error) {
  return error == RD_KAFKA_RESP_ERR__TRANSPORT ||
         error == RD_KAFKA_RESP_ERR__RESOLVE ||
         error == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN ||
         error == RD_KAFKA_RESP_ERR__TIMED_OUT ||
         error == RD_KAFKA_RESP_ERR__WAIT_COORD;
}

}  // namespace wskafka::kafka
