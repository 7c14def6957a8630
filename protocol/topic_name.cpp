#include "protocol/topic_name.hpp"

#include <algorithm>

namespace wskafka::protocol {

namespace {

constexpr std::size_t longest_name = 249;

bool allowed(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
}

}  // namespace

bool valid_topic_name(std::string_view name) {
  return !name.empty() && name.size() <= longest_name && name != "." &&
         name != ".." && std::all_of(name.begin(), name.end(), allowed);
}

bool internal_topic_name(std::string_view name) {
  return name.substr(0, 2) == "__";
}

}  // namespace wskafka::protocol
