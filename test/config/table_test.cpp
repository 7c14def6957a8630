#include "config/table.hpp"

#include "config/check.hpp"

#include <doctest/doctest.h>

#include <set>

using namespace wskafka::config;

TEST_SUITE("config/table") {
  TEST_CASE("paths and variables are unique, and belong to a section") {
    std::set<std::string> paths;
    std::set<std::string> variables;
    for (const auto& each : table()) {
      CAPTURE(path_of(each));
      CHECK(paths.insert(path_of(each)).second);
      CHECK(variables.insert(variable_of(each)).second);
      bool known = false;
      for (const auto& part : sections())
        known = known || part.name == each.section;
      CHECK(known);
    }
  }

  TEST_CASE("no variable could also be one of a librdkafka property") {
    for (const auto& map : table())
      for (const auto& each : table())
        if (map.type == kind::properties)
          CHECK(variable_of(each).rfind(variable_of(map) + "_", 0) != 0);
  }

  TEST_CASE("every default fits its option") {
    for (const auto& each : table()) {
      CAPTURE(path_of(each));
      const value standard = each.get({});
      const bool absent = standard.is<std::nullptr_t>() &&
                          (!each.example.empty() || each.ignored);
      CHECK((absent || check(each, standard).empty()));
    }
  }

  TEST_CASE("every option has a text that is a sentence") {
    for (const auto& each : table()) {
      CAPTURE(path_of(each));
      REQUIRE_FALSE(each.text.empty());
      CHECK(each.text.back() == '.');
      CHECK(each.text.find('|') == each.text.npos);  // it goes into a table
    }
  }

  TEST_CASE("options are found by section and key alone") {
    REQUIRE(find_option("websocket_config", "port") != nullptr);
    CHECK(path_of(*find_option("websocket_config", "port")) ==
          "websocket_config.port");
    CHECK(find_option("websocket_config", "Port") == nullptr);
    CHECK(find_option("kafka_config", "port") == nullptr);
    CHECK(find_option("", "") == nullptr);
  }
}
