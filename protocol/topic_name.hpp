#pragma once

#include <string_view>

namespace wskafka::protocol {

/// Whether Kafka accepts the name for a topic: 1 to 249 of letters, digits,
/// `.`, `_`, `-`, and neither `.` nor `..`.
bool valid_topic_name(std::string_view name);

/// Names that start with `__` belong to Kafka itself.
bool internal_topic_name(std::string_view name);

}  // namespace wskafka::protocol
