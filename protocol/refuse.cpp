#include "protocol/refuse.hpp"

#include "protocol/topic_name.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace wskafka::protocol {

bad_request refuse(const envelope& head, error_code code,
                   std::string sentence) {
  return {head, failure(code, std::move(sentence)), false};
}

bad_request refuse_value(const envelope& head, const field& value,
                         std::string_view name, std::string_view wanted) {
  std::string sentence(name);
  if (value.what == kind::broken_string) {
    sentence += " holds one half of a surrogate pair without the other.";
  } else {
    sentence +=
        value.what == kind::absent ? " is missing; it must be " : " must be ";
    sentence += wanted;
    sentence += '.';
  }
  return refuse(head, error_code::invalid_request, std::move(sentence));
}

std::string quoted(std::string_view text) {
  constexpr std::size_t longest = 80;
  if (text.size() <= longest) {
    return "\"" + std::string(text) + "\"";
  }
  std::size_t end = longest;
  // Not inside a character: its further bytes are 10xxxxxx.
  while ((static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) {
    --end;
  }
  return "\"" + std::string(text.substr(0, end)) + "...\"";
}

std::optional<std::string> refused_name(std::string_view name,
                                        const limits& bounds) {
  if (!valid_topic_name(name)) {
    return quoted(name) +
           " is no topic name: 1 to 249 letters, digits, '.', '_' and '-' are "
           "allowed, but not '.' or '..' alone.";
  }
  if (internal_topic_name(name) && !bounds.internal_topics) {
    return quoted(name) +
           " may not be used: names that start with '__' belong to Kafka.";
  }
  return std::nullopt;
}

bad_request refuse_name(const envelope& head, std::string sentence) {
  return {head,
          failure(std::string(refused_name_code), std::move(sentence), false),
          false};
}

std::optional<bad_request> refuse_repeated(
    const envelope& head, const std::vector<record_position>& list,
    const char* where) {
  const auto before = [](const record_position& a, const record_position& b) {
    return std::tie(a.topic, a.partition) < std::tie(b.topic, b.partition);
  };
  std::vector<record_position> sorted = list;
  std::sort(sorted.begin(), sorted.end(), before);
  const auto twice = std::adjacent_find(
      sorted.begin(), sorted.end(),
      [&](const auto& a, const auto& b) { return !before(a, b); });
  if (twice == sorted.end()) {
    return std::nullopt;
  }
  return refuse(head, error_code::invalid_request,
                std::string(where) + " names partition " +
                    std::to_string(twice->partition) + " of the topic " +
                    quoted(twice->topic) + " twice.");
}

}  // namespace wskafka::protocol
