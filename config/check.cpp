#include "config/check.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

namespace wskafka::config {

namespace {

std::string from_to(const limits& range) {
  return "from " + std::to_string(range.least) + " to " +
         std::to_string(range.most);
}

std::string either(const std::vector<std::string_view>& words) {
  std::string result;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0)
      result += i + 1 == words.size() ? " or " : ", ";
    result += '"' + std::string{words[i]} + '"';
  }
  return result;
}

bool inside(const limits& range, double number) {
  return number >= static_cast<double>(range.least) &&
         number <= static_cast<double>(range.most);
}

bool inside(const limits& range, std::int64_t number) {
  return number >= range.least && number <= range.most;
}

bool among(const std::vector<std::string_view>& words, const std::string& t) {
  return words.empty() ||
         std::find(words.begin(), words.end(), t) != words.end();
}

bool has_control(const std::string& text) {
  return std::any_of(text.begin(), text.end(),
                     [](unsigned char c) { return c < 0x20 || c == 0x7f; });
}

/// A file is, but not what an environment or a command line says. Replies and
/// logs are JSON.
bool is_utf8(const std::string& text) {
  try {
    static_cast<void>(nlohmann::json(text).dump());
    return true;
  } catch (const nlohmann::json::type_error&) {
    return false;
  }
}

bool can_be_shown(const std::string& text) {
  return !has_control(text) && is_utf8(text);
}

/// Of librdkafka's properties: a whole number beyond 64 bits (a password, say)
/// would not be passed on as it is written.
bool properties_fit(const object& members) {
  return std::none_of(members.begin(), members.end(), [](const member& each) {
    const auto* number = each.content.as<double>();
    return number != nullptr && std::floor(*number) == *number;
  });
}

bool whole_fits(const option& of, const value& given) {
  const auto* number = given.as<std::int64_t>();
  return number != nullptr && inside(of.range, *number);
}

bool real_fits(const option& of, const value& given) {
  const auto* number = given.as<double>();
  return number != nullptr ? inside(of.range, *number) : whole_fits(of, given);
}

bool text_fits(const option& of, const value& given) {
  const auto* text = given.as<std::string>();
  if (text == nullptr || !can_be_shown(*text))
    return false;
  if (!of.words.empty())
    return among(of.words, *text);
  return inside(of.range, static_cast<std::int64_t>(text->size()));
}

bool texts_fit(const option& of, const value& given) {
  const auto* items = given.as<list>();
  if (items == nullptr ||
      !inside(of.range, static_cast<std::int64_t>(items->size())))
    return false;
  for (auto item = items->begin(); item != items->end(); ++item) {
    const auto* text = item->as<std::string>();
    if (text == nullptr || text->empty() || !can_be_shown(*text) ||
        !among(of.words, *text) ||
        std::find(items->begin(), item, *item) != item)
      return false;
  }
  return true;
}

bool is_zero(const value& given) {
  const auto* number = given.as<std::int64_t>();
  return number != nullptr && *number == 0;
}

bool fits(const option& of, const value& given) {
  const auto* members = given.as<object>();
  switch (of.type) {
    case kind::flag:
      return given.is<bool>();
    case kind::tls:
      return given.is<bool>() || (members != nullptr && members->empty());
    case kind::integer:
      return whole_fits(of, given);
    case kind::interval:
      return given.is<std::nullptr_t>() || is_zero(given) ||
             whole_fits(of, given);
    case kind::real:
      return real_fits(of, given);
    case kind::text:
      return text_fits(of, given);
    case kind::texts:
      return texts_fit(of, given);
    case kind::properties:
      return members != nullptr && properties_fit(*members);
  }
  return false;
}

template <class Number>
std::optional<Number> number_from(std::string_view text) {
  Number number{};
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc{} || stop != end)
    return std::nullopt;
  return number;
}

value list_from(std::string_view text) {
  list items;
  while (!text.empty()) {
    const auto comma = text.find(',');
    std::string_view item = text.substr(0, comma);
    const auto first = std::min(item.find_first_not_of(' '), item.size());
    item.remove_prefix(first);
    item = item.substr(0, item.find_last_not_of(' ') + 1);
    items.push_back({std::string{item}});
    if (comma == text.npos)
      break;
    text.remove_prefix(comma + 1);
    if (text.empty())
      items.push_back({std::string{}});  // a comma at the end
  }
  return {items};
}

}  // namespace

std::string allowed(const option& of) {
  const std::string unit =
      of.unit.empty() ? "" : " (" + std::string{of.unit} + ")";
  switch (of.type) {
    case kind::flag:
    case kind::tls:
      return "true or false";
    case kind::integer:
      return "a whole number " + from_to(of.range) + unit;
    case kind::interval:
      return "a whole number " + from_to(of.range) + unit + ", or null";
    case kind::real:
      return "a number " + from_to(of.range) + unit;
    case kind::text:
      if (!of.words.empty())
        return either(of.words);
      return std::string{of.range.least > 0 ? "a text that is not empty, of"
                                            : "a text of"} +
             " at most " + std::to_string(of.range.most) +
             " bytes of UTF-8 without control characters";
    case kind::texts:
      return "a list of " + std::to_string(of.range.least) + " to " +
             std::to_string(of.range.most) + " different texts" +
             (of.words.empty() ? "" : ", each " + either(of.words));
    case kind::properties:
      return "an object of names and values, with whole numbers beyond 64 "
             "bits in quotes";
  }
  return {};
}

std::string check(const option& of, const value& given) {
  for (const auto& [what, why] : of.refused)
    if (given == what)
      return "must not be " + to_json(what) + ": " + std::string{why} +
             (of.type == kind::integer ? "; it must be " + allowed(of) : "");
  if (fits(of, given))
    return {};
  if (of.type == kind::tls && given.is<object>())
    return "must be true or false: TLS settings go into `" +
           std::string{of.section} +
           ".librdkafka` (ssl.ca.location, ssl.key.location, ...)";
  std::string expected = "must be " + allowed(of);
  if (of.type == kind::properties)  // the value may hold a secret
    return expected;
  if (given.is<double>() &&
      (of.type == kind::integer || of.type == kind::interval))
    return expected + ", not " + to_excerpt(given) +
           "; written without a point or exponent";
  return expected + ", not " + to_excerpt(given);
}

value from_text(const option& of, std::string_view text) {
  value as_it_is{std::string{text}};
  switch (of.type) {
    case kind::flag:
    case kind::tls:
      if (text == "true" || text == "false")
        return {text == "true"};
      return as_it_is;
    case kind::interval:
      if (text == "null")
        return {};
      [[fallthrough]];
    case kind::integer:
      if (const auto number = number_from<std::int64_t>(text))
        return {*number};
      return as_it_is;
    case kind::real:
      if (const auto number = number_from<double>(text))
        return {*number};
      return as_it_is;
    case kind::texts:
      return list_from(text);
    case kind::text:
    case kind::properties:
      return as_it_is;
  }
  return as_it_is;
}

}  // namespace wskafka::config
