#include "config/value.hpp"

#include <array>
#include <charconv>
#include <cstdio>
#include <string_view>

namespace wskafka::config {

namespace {

std::string number_text(double number) {
  std::array<char, 32> text{};
  const auto end =
      std::to_chars(text.data(), text.data() + text.size(), number).ptr;
  return {text.data(), end};
}

std::string quoted(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      result += '\\';
      result += c;
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      std::array<char, 8> escape{};
      std::snprintf(escape.data(), escape.size(), "\\u%04x",
                    static_cast<unsigned>(c));
      result += escape.data();
    } else {
      result += c;
    }
  }
  return result + '"';
}

template <class Items, class Show>
std::string joined(const Items& items, std::string_view separator, Show show) {
  std::string result;
  for (const auto& item : items) {
    if (!result.empty())
      result += separator;
    result += show(item);
  }
  return result;
}

}  // namespace

bool operator==(const member& left, const member& right) {
  return left.name == right.name && left.content == right.content;
}

bool operator==(const value& left, const value& right) {
  return left.data == right.data;
}

bool operator!=(const value& left, const value& right) {
  return !(left == right);
}

std::string to_json(const value& shown) {
  if (const auto* text = shown.as<std::string>())
    return quoted(*text);
  if (const auto* items = shown.as<list>())
    return "[" + joined(*items, ", ", to_json) + "]";
  if (const auto* members = shown.as<object>())
    return "{" +
           joined(*members, ", ",
                  [](const member& each) {
                    return quoted(each.name) + ": " + to_json(each.content);
                  }) +
           "}";
  return to_text(shown);
}

std::string to_text(const value& shown) {
  if (const auto* flag = shown.as<bool>())
    return *flag ? "true" : "false";
  if (const auto* number = shown.as<std::int64_t>())
    return std::to_string(*number);
  if (const auto* number = shown.as<double>())
    return number_text(*number);
  if (const auto* text = shown.as<std::string>())
    return *text;
  if (const auto* items = shown.as<list>())
    return joined(*items, ",", to_text);
  if (shown.is<object>())
    return to_json(shown);
  return "null";
}

std::string to_excerpt(const value& shown) {
  constexpr std::size_t longest = 60;
  if (shown.is<object>())
    return "an object";
  if (const auto* items = shown.as<list>())
    for (const auto& item : *items)
      if (item.is<object>() || item.is<list>())
        return "such a list";
  std::string text = to_json(shown);
  if (text.size() <= longest)
    return text;
  std::size_t cut = longest;
  // Not in the middle of a UTF-8 sequence.
  while (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xc0) == 0x80)
    --cut;
  return text.substr(0, cut) + "...";
}

}  // namespace wskafka::config
