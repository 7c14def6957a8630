#pragma once

#include "net/kafka/types.hpp"

#include <optional>
#include <string>
#include <vector>

/// Patterns of topics' names in RE2's syntax, which is matched in time linear
/// in the name. From any thread.
namespace wskafka {

/// Why the pattern cannot be used, as a sentence; nothing when it can.
std::optional<std::string> refused_pattern(const std::string& pattern);

/// The topics whose whole names match, sorted; those that begin with `__` only
/// if `internal`. Nothing for a pattern that is refused.
std::vector<std::string> matching_topics(const std::string& pattern,
                                         const kafka::topic_table& table,
                                         bool internal);

}  // namespace wskafka
