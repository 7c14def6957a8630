#include "test/protocol/parsing.hpp"

#include <doctest/doctest.h>

#include <string>
#include <utility>

namespace {

using namespace wskafka::protocol;
using test::codes_of;
using test::one;
using test::repeated;

const std::string health = R"({"t":"health"})";

TEST_SUITE("protocol/frame") {
  TEST_CASE("messages of an array come in order, a bad one between them") {
    parser p{limits{}};
    const auto& all = p.parse(
        R"([{"id":1,"t":"health"},7,{"id":2,"t":"x"},[],{"id":3,"t":"topic","a":"list"}])");
    REQUIRE(all.size() == 5);
    CHECK(std::get<health_request>(all[0]).head.id == "1");
    CHECK(test::code_of(all[1]) == "INVALID_REQUEST");
    CHECK(test::head_of(all[1]).id.empty());
    CHECK(test::code_of(all[2]) == "UNKNOWN_TYPE");
    CHECK(test::head_of(all[2]).id == "2");
    CHECK(test::code_of(all[3]) == "INVALID_REQUEST");
    CHECK(std::get<list_request>(all[4]).head.id == "3");
  }

  TEST_CASE("a frame that is no JSON yields one refusal and nothing else") {
    parser p{limits{}};
    const auto& all =
        p.parse("[" + repeated(health, 3) + ",{\"t\":\"health\"]");
    REQUIRE(all.size() == 1);
    const auto& refused = std::get<bad_request>(all[0]);
    CHECK(refused.why.code == "INVALID_JSON");
    CHECK(!refused.why.retriable);
    CHECK(!refused.publish);
    CHECK(refused.head.id.empty());
  }

  TEST_CASE("the sentence of INVALID_JSON says where and why") {
    const std::pair<std::string, std::string> cases[] = {
        {R"({"t":tru})", "The frame is not valid JSON from byte 8 on."},
        {R"({"t":)",
         "The frame is not valid JSON: it ends too early, after 5 bytes."},
        {std::string(65, '['),
         "The frame is nested deeper than 64 levels at byte 64."},
        {"{\"t\":\"\xff\"}", "The frame is not valid UTF-8."},
    };
    for (const auto& [frame, sentence] : cases) {
      CHECK(one(frame).as<bad_request>().why.message == sentence);
    }
  }

  TEST_CASE("the number of messages is limited, and then none is handed out") {
    limits bounds;
    bounds.messages_per_frame = 3;
    CHECK(codes_of("[" + repeated(health, 3) + "]", bounds) ==
          "accepted accepted accepted");
    CHECK(codes_of("[" + repeated(health, 4) + "]", bounds) ==
          "INVALID_REQUEST");
    CHECK(codes_of("[" + repeated("1", 4) + "]", bounds) == "INVALID_REQUEST");
  }

  TEST_CASE("depth is counted from the frame's root") {
    const auto nested = [](std::size_t depth) {
      return std::string(depth, '[') + std::string(depth, ']');
    };
    CHECK(codes_of(nested(64)) == "INVALID_REQUEST");
    CHECK(codes_of(nested(65)) == "INVALID_JSON");
    CHECK(codes_of("[" + nested(64) + "]") == "INVALID_JSON");
    limits bounds;
    bounds.depth = 2;
    CHECK(codes_of(R"({"t":"health","x":[1]})", bounds) == "accepted");
    CHECK(codes_of(R"([{"t":"health","x":[1]}])", bounds) == "INVALID_JSON");
  }

  TEST_CASE("a megabyte of brackets is refused") {
    CHECK(codes_of(std::string(1 << 20, '[')) == "INVALID_JSON");
    std::string mixed;
    while (mixed.size() < (1 << 20)) {
      mixed += "{\"a\":[";
    }
    CHECK(codes_of(mixed) == "INVALID_JSON");
  }

  TEST_CASE("a large frame is taken, then a small one, then a larger one") {
    parser p{limits{}};
    for (const std::size_t size : {10U, 100000U, 20U, 1000000U, 0U}) {
      const std::string text(size, 'x');
      const auto& all =
          p.parse(R"({"t":"notif","p":{"t":"a","m":")" + text + "\"}}");
      REQUIRE(all.size() == 1);
      CHECK(std::get<publish_request>(all[0]).value == text);
    }
  }

  TEST_CASE("a frame full of keys or names costs no square of its length") {
    std::string keys = R"({"t":"health")";
    for (int i = 0; i < 60000; ++i) {
      keys += ",\"k" + std::to_string(i) + "\":0";
    }
    CHECK(codes_of(keys + "}") == "accepted");
    CHECK(codes_of(keys + ",\"k0\":0}") == "INVALID_REQUEST");
  }

  TEST_CASE("a parser can be moved with its messages") {
    parser first{limits{}};
    const auto& all = first.parse(R"({"id":5,"t":"health"})");
    parser second = std::move(first);
    REQUIRE(all.size() == 1);
    CHECK(test::head_of(all[0]).id == "5");
    first = parser{limits{}};
    CHECK(first.parse(health).size() == 1);
  }
}

}  // namespace
