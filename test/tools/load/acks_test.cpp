#include "tools/wskafka-load/acks.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using nlohmann::json;
using wskafka::load::acks;

TEST_SUITE("tools/load/acks") {
  TEST_CASE("the last record of each partition, once") {
    acks all;
    CHECK(all.take(R"({"topic":"a","partition":0,"offset":7,"timestamp":1})"));
    CHECK(all.take(R"({"topic":"b","partition":0,"offset":1})"));
    CHECK(all.take(R"({"topic":"a","partition":1,"offset":2})"));
    CHECK(all.take(R"({"offset":9,"partition":0,"topic":"a"})"));
    CHECK(json::parse(all.message()) == json::parse(R"({"t":"notif","a":"ack",
      "p":[{"topic":"a","partition":0,"offset":9},
           {"topic":"b","partition":0,"offset":1},
           {"topic":"a","partition":1,"offset":2}]})"));
    CHECK(json::parse(all.message()).at("p").empty());
  }

  TEST_CASE("what names no record is none") {
    acks all;
    for (const char* text :
         {"", "null", "{}", R"({"topic":"a","partition":0})", R"(["topic"])",
          R"({"topic":"a","partition":0,"offset":1)"})
      CHECK_FALSE(all.take(text));
    CHECK(json::parse(all.message()).at("p").empty());
  }
}
