#include "actors/topic_patterns.hpp"

#include "protocol/topic_name.hpp"

#include <re2/re2.h>

namespace wskafka {
namespace {

/// What a pattern of 200 bytes may take: one that would take more is refused.
constexpr std::int64_t most_memory = 256 * 1024;

re2::RE2::Options options() {
  re2::RE2::Options chosen;
  chosen.set_log_errors(false);
  chosen.set_max_mem(most_memory);
  return chosen;
}

}  // namespace

std::optional<std::string> refused_pattern(const std::string& pattern) {
  const re2::RE2 compiled(pattern, options());
  if (compiled.ok())
    return std::nullopt;
  return "The pattern \"" + pattern + "\" is not one: " + compiled.error() +
         '.';
}

std::vector<std::string> matching_topics(const std::string& pattern,
                                         const kafka::topic_table& table,
                                         bool internal) {
  const re2::RE2 compiled(pattern, options());
  std::vector<std::string> topics;
  if (!compiled.ok())
    return topics;
  for (const auto& [topic, partitions] : table.partitions)
    if ((internal || !protocol::internal_topic_name(topic)) &&
        re2::RE2::FullMatch(topic, compiled))
      topics.push_back(topic);
  return topics;
}

}  // namespace wskafka
