#include "config/check.hpp"
#include "config/table.hpp"
#include "test/config/loading.hpp"

#include <doctest/doctest.h>

using namespace wskafka::config;
using namespace wskafka::config::test;

namespace {

value integer(std::int64_t number) {
  return {number};
}

/// Three different good values of the option, as they stand in a file; the
/// last is not the default.
std::vector<value> three_of(const option& of) {
  const value standard = of.get({});
  switch (of.type) {
    case kind::flag:
    case kind::tls: {
      const value other{!*standard.as<bool>()};
      return {other, standard, other};
    }
    case kind::integer:
    case kind::interval: {
      // Away from the bounds, so that the checks between options hold.
      const auto* set = standard.as<std::int64_t>();
      const std::int64_t near = set != nullptr ? *set : of.range.least;
      const std::int64_t step = near + 2 <= of.range.most ? 1 : -1;
      return {integer(near + 2 * step), integer(near), integer(near + step)};
    }
    case kind::real:
      return {{1.25}, {1.5}, {1.75}};
    case kind::text: {
      if (of.words.size() == 2)
        return {{std::string{of.words[1]}},
                {std::string{of.words[0]}},
                {std::string{of.words[1]}}};
      if (!of.words.empty()) {
        std::vector<value> others;
        for (const auto word : of.words)
          if (value{std::string{word}} != standard)
            others.push_back({std::string{word}});
        return {others[0], standard, others[1]};
      }
      return {{std::string{"a"}}, {std::string{"b"}}, {std::string{"c"}}};
    }
    case kind::texts:
      if (!of.words.empty())
        return {{list{{std::string{of.words[0]}}, {std::string{of.words[1]}}}},
                standard,
                {list{{std::string{of.words[1]}}}}};
      return {{list{{std::string{"https://a"}}}},
              {list{}},
              {list{{std::string{"https://b"}}, {std::string{"null"}}}}};
    case kind::properties:
      break;
  }
  return {};
}

std::string text_in_file(const option& of, const value& content) {
  return "{\"" + std::string{of.section} + "\": {\"" + std::string{of.key} +
         "\": " + to_json(content) + "}}";
}

/// Whether the option alone differs from its default.
bool is_alone(const option& of, const options& values) {
  for (const auto& each : table())
    if (&each != &of && path_of(each) != "kafka_config.kafkaHost" &&
        each.get(values) != each.get({}))
      return false;
  return true;
}

}  // namespace

TEST_SUITE("config/precedence") {
  TEST_CASE(
      "each option can be set by file, environment and command line, "
      "each over the one before") {
    for (const auto& of : table()) {
      CAPTURE(path_of(of));
      if (of.type == kind::properties || of.ignored)
        continue;
      const auto given = three_of(of);
      REQUIRE(given.size() == 3);
      REQUIRE(given[2] != of.get({}));
      sources from;
      // Reading needs a broker for publishing too; no other option cares.
      if (path_of(of) == "consumer_config.kafkaHost")
        from.environment = {"WSKAFKA_KAFKA_CONFIG_KAFKAHOST=a"};

      from.file_text = text_in_file(of, given[0]);
      auto loaded = load(from);
      REQUIRE(lines(loaded.problems) == "");
      CHECK(to_json(of.get(loaded.values)) == to_json(given[0]));

      // An empty variable is unset, so an empty list needs another source.
      if (const auto text = to_text(given[1]); !text.empty()) {
        from.environment.push_back(variable_of(of) + "=" + text);
        loaded = load(from);
        REQUIRE(lines(loaded.problems) == "");
        CHECK(to_json(of.get(loaded.values)) == to_json(given[1]));
      }

      from.command_line = {
          {std::string{of.section}, std::string{of.key}, to_text(given[2])}};
      loaded = load(from);
      REQUIRE(lines(loaded.problems) == "");
      CHECK(to_json(of.get(loaded.values)) == to_json(given[2]));
      CHECK(is_alone(of, loaded.values));
    }
  }

  TEST_CASE("properties are put together, each by its last source") {
    sources from;
    from.file_text =
        R"({"consumer_config": {"librdkafka": {"a": 1, "b": 1, "c": 1}}})";
    from.environment = {"WSKAFKA_CONSUMER_CONFIG_LIBRDKAFKA_B=2",
                        "WSKAFKA_CONSUMER_CONFIG_LIBRDKAFKA_C=2"};
    from.command_line = {{"consumer_config", "librdkafka.c", "3"}};
    const auto loaded = load(from);
    CHECK(lines(loaded.problems) == "");
    CHECK(loaded.values.consumer.librdkafka ==
          property_map{{"a", "1"}, {"b", "2"}, {"c", "3"}});
  }

  TEST_CASE("a wrong value is a problem even when a later source is right") {
    const auto loaded = load({"a.json",
                              R"({"websocket_config": {"port": -1}})",
                              {"WSKAFKA_WEBSOCKET_CONFIG_PORT=x"},
                              {{"websocket_config", "port", "81"}}});
    CHECK(loaded.problems.size() == 2);
  }
}
