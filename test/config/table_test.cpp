#include "config/table.hpp"

#include "config/check.hpp"

#include <doctest/doctest.h>

#include <map>
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

  // Does not compile when a member is added: write its option, then its name.
  TEST_CASE("every member of the options has its option") {
    const auto [k, w, p, c] = options{};
    [[maybe_unused]] const auto& [k1, k2, k3, k4, k5, k6, k7, k8, k9, k10, k11,
                                  k12] = k;
    [[maybe_unused]] const auto& [w1, w2, w3, w4, w5, w6, w7, w8, w9, w10, w11,
                                  w12, w13, w14, w15, w16, w17, w18, w19, w20,
                                  w21, w22, w23, w24, w25, w26, w27, w28] = w;
    [[maybe_unused]] const auto& [p1, p2, p3, p4, p5, p6, p7, p8] = p;
    [[maybe_unused]] const auto& [c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11,
                                  c12, c13, c14, c15, c16, c17, c18, c19, c20,
                                  c21, c22, c23, c24, c25, c26, c27, c28, c29] =
        c;
    std::map<std::string_view, int> count;
    for (const auto& each : table())
      count[each.section] += each.ignored ? 0 : 1;
    CHECK(count["kafka_config"] == 12);
    CHECK(count["websocket_config"] == 28);
    CHECK(count["producer_config"] == 8);
    CHECK(count["consumer_config"] == 29);
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
