#pragma once

#include "net/kafka/types.hpp"

#include <string>
#include <string_view>

/// Failures by number, and those that are our own.
namespace wskafka::kafka {

/// One of Kafka's own errors.
struct kafka_error {
  std::string_view name;
  bool retriable = false;
};

/// Kafka's list, by number from -1 on without a hole; null when the number is
/// not in it (or none of Kafka's but librdkafka's own).
const kafka_error* find_kafka_error(int number);

/// The numbers of Kafka's list.
constexpr int first_kafka_error = -1;
constexpr int last_kafka_error = 133;

/// A failure that no broker told; `code` is one of `protocol.md`'s own.
failure own_failure(std::string_view code, std::string message);

failure timed_out(const std::string& what);
failure shutting_down(const std::string& what);

/// The error says that brokers cannot be reached, not that one of them refused.
bool is_unreachable(int error);

}  // namespace wskafka::kafka
