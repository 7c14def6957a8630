#pragma once

#include "config/convert.hpp"
#include "config/table.hpp"

#include <initializer_list>
#include <string_view>
#include <utility>
#include <vector>

namespace wskafka::config {

/// Writes one section's part of the table; used by the `table_*.cpp` files
/// alone. Each call adds one option and returns it, so that what few options
/// have can be set on it. Keys are in the order of the file.
template <class Section>
class section_table {
 public:
  section_table(std::string_view name, Section options::*where)
      : name_(name), where_(where) {}

  option& flag(std::string_view key, bool Section::*member,
               std::string_view text, std::string_view librdkafka = {}) {
    return bind(kind::flag, key, member, {}, {}, text, librdkafka);
  }

  template <class T>
  option& number(std::string_view key, T Section::*member, limits range,
                 std::string_view unit, std::string_view text,
                 std::string_view librdkafka = {}) {
    constexpr auto type =
        std::is_same_v<T, double> ? kind::real : kind::integer;
    return bind(type, key, member, range, unit, text, librdkafka);
  }

  /// A time in which nothing (`null`) and 0 both mean never.
  option& interval(std::string_view key,
                   std::optional<milliseconds> Section::*member, limits range,
                   std::string_view text) {
    option& added = bind(kind::interval, key, member, range, "ms", text, {});
    added.set = [where = where_, member](options& to, const value& from) {
      const auto* time = from.as<std::int64_t>();
      if (time == nullptr || *time == 0)
        (to.*where.*member).reset();
      else
        from_value(from, to.*where.*member);
    };
    return added;
  }

  option& text(std::string_view key, std::string Section::*member,
               limits length, std::string_view text,
               std::string_view librdkafka = {}) {
    return bind(kind::text, key, member, length, {}, text, librdkafka);
  }

  /// One of several words, each with the value that it stands for.
  template <class T>
  option& word(std::string_view key, T Section::*member,
               std::vector<std::pair<std::string_view, T>> words,
               std::string_view text, std::string_view librdkafka = {}) {
    option& added = bind(kind::text, key, member, {}, {}, text, librdkafka);
    for (const auto& each : words)
      added.words.push_back(each.first);
    added.get = [where = where_, member, words](const options& from) {
      for (const auto& [name, meaning] : words)
        if (meaning == from.*where.*member)
          return value{std::string{name}};
      return value{};
    };
    added.set = [where = where_, member, words](options& to,
                                                const value& from) {
      for (const auto& [name, meaning] : words)
        if (name == *from.as<std::string>())
          to.*where.*member = meaning;
    };
    return added;
  }

  option& texts(std::string_view key, std::vector<std::string> Section::*member,
                limits count, std::string_view text,
                std::string_view librdkafka = {}) {
    return bind(kind::texts, key, member, count, {}, text, librdkafka);
  }

  option& properties() {
    return bind(kind::properties, "librdkafka", &Section::librdkafka, {}, {},
                "librdkafka's own properties by name, for what has no setting "
                "here (TLS files, SASL, compression); they are applied last.",
                {});
  }

  /// A key of kafka-node that has no meaning here.
  option& ignored(std::string_view key, kind type, value sample,
                  std::string_view text) {
    option added;
    added.section = name_;
    added.key = key;
    added.type = type;
    added.range = {0, 10'000};
    added.text = text;
    added.ignored = true;
    added.get = [sample](const options&) { return sample; };
    added.set = [](options&, const value&) { /* nothing to set */ };
    return entries_.emplace_back(std::move(added));
  }

  std::vector<option> take() { return std::move(entries_); }

 private:
  template <class T>
  option& bind(kind type, std::string_view key, T Section::*member,
               limits range, std::string_view unit, std::string_view text,
               std::string_view librdkafka) {
    option added;
    added.section = name_;
    added.key = key;
    added.type = type;
    added.range = range;
    added.unit = unit;
    added.text = text;
    added.librdkafka = librdkafka;
    added.get = [where = where_, member](const options& from) {
      return to_value(from.*where.*member);
    };
    added.set = [where = where_, member](options& to, const value& from) {
      from_value(from, to.*where.*member);
    };
    return entries_.emplace_back(std::move(added));
  }

  std::string_view name_;
  Section options::*where_;
  std::vector<option> entries_;
};

/// The parts that `table()` puts together.
std::vector<option> kafka_table();
std::vector<option> websocket_table();
std::vector<option> producer_table();
std::vector<option> consumer_table();

/// Bounds that many options share: milliseconds, then bytes.
constexpr std::int64_t hour = 3'600'000;
constexpr std::int64_t gibibyte = std::int64_t{1024} * 1024 * 1024;
constexpr std::int64_t tebibyte = 1024 * gibibyte;

}  // namespace wskafka::config
