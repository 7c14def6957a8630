#pragma once

#include "config/options.hpp"
#include "config/value.hpp"

#include <type_traits>

/// Between members of the option structs and values. `from_value` is only
/// given what `check` has accepted for the option. Pure.
namespace wskafka::config {

template <class T>
constexpr bool is_whole = std::is_integral_v<T> || std::is_enum_v<T>;

inline value to_value(bool flag) {
  return {flag};
}
inline value to_value(double number) {
  return {number};
}
inline value to_value(const std::string& text) {
  return {text};
}
inline value to_value(milliseconds time) {
  return {static_cast<std::int64_t>(time.count())};
}
template <class T>
std::enable_if_t<is_whole<T>, value> to_value(T number) {
  return {static_cast<std::int64_t>(number)};
}
inline value to_value(const std::vector<std::string>& texts) {
  list items;
  for (const auto& text : texts)
    items.push_back({text});
  return {items};
}
inline value to_value(const property_map& properties) {
  object members;
  for (const auto& [name, text] : properties)
    members.push_back({name, {text}, 0});
  return {members};
}
template <class T>
value to_value(const std::optional<T>& maybe) {
  return maybe ? to_value(*maybe) : value{};
}

inline void from_value(const value& from, bool& to) {
  const auto* flag = from.as<bool>();
  to = flag == nullptr || *flag;  // an empty object for TLS means true
}
inline void from_value(const value& from, double& to) {
  const auto* whole = from.as<std::int64_t>();
  to = whole != nullptr ? static_cast<double>(*whole) : *from.as<double>();
}
inline void from_value(const value& from, std::string& to) {
  to = *from.as<std::string>();
}
inline void from_value(const value& from, milliseconds& to) {
  to = milliseconds{*from.as<std::int64_t>()};
}
template <class T>
std::enable_if_t<is_whole<T>> from_value(const value& from, T& to) {
  to = static_cast<T>(*from.as<std::int64_t>());
}
inline void from_value(const value& from, std::vector<std::string>& to) {
  to.clear();
  for (const auto& item : *from.as<list>())
    to.push_back(*item.as<std::string>());
}
inline void from_value(const value& from, property_map& to) {
  for (const auto& each : *from.as<object>())
    to[each.name] = to_text(each.content);
}
template <class T>
void from_value(const value& from, std::optional<T>& to) {
  from_value(from, to.emplace());
}

}  // namespace wskafka::config
