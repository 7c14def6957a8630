#include "test/protocol/parsing.hpp"

#include <doctest/doctest.h>

#include <string>

namespace wskafka::protocol {

namespace {

using test::codes_of;
using test::one;

std::string broadcast_from(const std::string& from) {
  return R"({"t":"topic","a":"subscribe","p":{"t":["a","b"],"broadcast":true,"from":)" +
         from + "}}";
}

std::string code(const std::string& from) {
  return codes_of(broadcast_from(from));
}

/// The start that the message names.
subscribe_start start(const std::string& from) {
  const one message(broadcast_from(from));
  REQUIRE(message.as<subscribe_request>().start);
  subscribe_start found = *message.as<subscribe_request>().start;
  return found;
}

TEST_SUITE("protocol/subscribe_start") {
  TEST_CASE("it names no more topics than a request may") {
    limits bounds;
    bounds.topics_per_request = 2;
    const auto from = [](const std::string& topics) {
      return R"({"t":"topic","a":"subscribe","p":{"t":["^a"],"broadcast":true,"from":[)" +
             topics + "]}}";
    };
    const auto at = [](const std::string& topic, int partition) {
      return R"({"topic":")" + topic + R"(","partition":)" +
             std::to_string(partition) + R"(,"offset":0})";
    };
    const std::string two = at("a", 0) + ',' + at("a", 1) + ',' + at("b", 0);
    CHECK(codes_of(from(two), bounds) == "accepted");
    CHECK(codes_of(from(two + ',' + at("c", 0)), bounds) == "INVALID_REQUEST");
  }

  TEST_CASE("the words, and a time") {
    CHECK((start(R"("latest")").what == subscribe_start::kind::latest));
    CHECK(
        (start(R"("e\u0061rliest")").what == subscribe_start::kind::earliest));
    const auto then = start(R"({"timestamp":1700000000123})");
    CHECK((then.what == subscribe_start::kind::time));
    CHECK(then.time == 1'700'000'000'123);
    const one without(
        R"({"t":"topic","a":"subscribe","p":{"t":["a"],"broadcast":true}})");
    CHECK_FALSE(without.as<subscribe_request>().start);
  }

  TEST_CASE("a list of positions") {
    const one message(broadcast_from(
        R"([{"offset":9223372036854775807,"topic":"b","partition":2147483647},)"
        R"({"topic":"a","partition":0,"offset":0}])"));
    const auto& found = *message.as<subscribe_request>().start;
    CHECK((found.what == subscribe_start::kind::positions));
    REQUIRE(found.positions.size() == 2);
    CHECK(found.positions[0].topic == "b");
    CHECK(found.positions[0].partition == 2'147'483'647);
    CHECK(found.positions[0].offset == 9'223'372'036'854'775'807);
    CHECK(found.positions[1].topic == "a");
    CHECK(start("[]").positions.empty());
  }

  TEST_CASE("anything else is refused") {
    for (const char* from :
         {R"("Latest")",
          R"("")",
          "null",
          "true",
          "5",
          "{}",
          R"({"timestamp":"1"})",
          R"({"timestamp":-1})",
          R"({"timestamp":1.5})",
          R"({"timestamp":1e3})",
          R"({"timestamp":9223372036854775808})",
          R"({"timestamp":1,"timestamp":1})",
          R"({"timestamp":1,"x":1})",
          R"({"x":1,"timestamp":1})",
          R"({"\ud800":1,"timestamp":1})",
          R"({"time":1})",
          "[1]",
          "[null]",
          "[[]]",
          "[{}]",
          R"([{"topic":"a","partition":0}])",
          R"([{"topic":"a","offset":0}])",
          R"([{"partition":0,"offset":0}])",
          R"([{"topic":1,"partition":0,"offset":0}])",
          R"([{"topic":"a","partition":"0","offset":0}])",
          R"([{"topic":"a","partition":0,"offset":-1}])",
          R"([{"topic":"a","partition":-1,"offset":0}])",
          R"([{"topic":"a","partition":0,"offset":1.0}])",
          R"([{"topic":"a","partition":2147483648,"offset":0}])",
          R"([{"topic":"a","partition":0,"offset":0,"meta":1}])",
          R"([{"topic":"a","partition":0,"offset":0,"offset":1}])",
          R"([{"topic":"a","partition":0,"offset":0,"\ud800":1}])",
          R"([{"topic":"c","partition":0,"offset":0}])",
          R"([{"topic":"a","partition":0,"offset":1},)"
          R"({"topic":"a","partition":0,"offset":2}])"}) {
      CAPTURE(from);
      CHECK(code(from) == "INVALID_REQUEST");
    }
  }

  TEST_CASE("one message's list is not the next one's") {
    parser p{{}};
    const auto& all = p.parse(
        '[' + broadcast_from(R"([{"topic":"a","partition":0,"offset":1}])") +
        ',' + broadcast_from("[]") + ',' + broadcast_from(R"("x")") + ']');
    REQUIRE(all.size() == 3);
    CHECK(std::get<subscribe_request>(all[0]).start->positions.size() == 1);
    CHECK(std::get<subscribe_request>(all[1]).start->positions.empty());
    CHECK(test::code_of(all[2]) == "INVALID_REQUEST");
  }
}

}  // namespace

}  // namespace wskafka::protocol
