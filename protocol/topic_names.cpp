#include "protocol/topic_names.hpp"

#include "protocol/refuse.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace wskafka::protocol {

namespace {

constexpr std::size_t longest_group = 249;

bool control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7f;
}

}  // namespace

std::optional<bad_request> check_names(const name_list& names,
                                       const envelope& head,
                                       const limits& bounds, const char* where,
                                       bool others) {
  if (names.malformed() || others) {
    return refuse(head, error_code::invalid_request,
                  std::string("Each name in ") + where +
                      " must be a string of whole characters.");
  }
  if (names.too_many()) {
    return refuse(head, error_code::invalid_request,
                  std::string("There are more topics in ") + where +
                      " than the " + std::to_string(bounds.topics_per_request) +
                      " that one request may name.");
  }
  return std::nullopt;
}

std::optional<bad_request> check_each(
    const std::vector<std::string_view>& names, const envelope& head,
    const limits& bounds) {
  for (const auto name : names) {
    if (auto sentence = refused_name(name, bounds)) {
      return refuse_name(head, std::move(*sentence));
    }
  }
  return std::nullopt;
}

void split_names(const std::vector<std::string_view>& names,
                 const limits& bounds, std::vector<std::string_view>& good,
                 std::vector<topic_failure>& refused) {
  for (const auto name : names) {
    if (auto sentence = refused_name(name, bounds)) {
      refused.push_back({std::string(name), std::string(refused_name_code),
                         std::move(*sentence)});
    } else {
      good.push_back(name);
    }
  }
}

std::optional<bad_request> check_group(const field& group, const envelope& head,
                                       const char* where) {
  if (group.what != kind::string && group.what != kind::absent &&
      group.what != kind::null) {
    return refuse_value(head, group, where, "a string or null");
  }
  if (group.text.size() > longest_group ||
      std::any_of(group.text.begin(), group.text.end(), control)) {
    return refuse(head, error_code::invalid_request,
                  std::string(where) + " must have at most " +
                      std::to_string(longest_group) +
                      " bytes and no control characters.");
  }
  return std::nullopt;
}

}  // namespace wskafka::protocol
