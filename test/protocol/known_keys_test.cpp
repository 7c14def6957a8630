#include "protocol/known_keys.hpp"

#include "test/protocol/parsing.hpp"

#include <doctest/doctest.h>

#include <string>

namespace {

using namespace wskafka::protocol;
using test::code_of;

// What a client that has said hello is answered, or "accepted".
std::string strict_code(const std::string& frame) {
  parser p{limits{}};
  const auto& all = p.parse(frame, true);
  REQUIRE(all.size() == 1);
  return code_of(all.front());
}

TEST_SUITE("protocol/known_keys") {
  TEST_CASE("what each request knows is taken") {
    const char* frames[] = {
        R"({"t":"notif","p":{"t":"a","m":1}})",
        R"({"t":"notif","a":"create","p":{"t":"a","m":1}})",
        R"({"t":"notif","a":null,"p":{"t":"a","m":1}})",
        R"({"t":"notif","p":{"t":"a","m":"","ack":true,"encoding":"base64"}})",
        R"({"t":"notif","p":{"t":"a","m":1,"key":"","key_encoding":"base64"}})",
        R"({"t":"notif","p":{"t":"a","m":1,"partition":0,"timestamp":1}})",
        R"({"t":"notif","p":{"t":"a","m":1,"headers":[]}})",
        R"({"t":"topic","a":"create","p":["a"]})",
        R"({"t":"topic","a":"create","p":[{"topic":"a","partitions":1}]})",
        R"({"t":"topic","a":"describe","p":["a"]})",
        R"({"t":"topic","a":"offsets","p":{"topics":[],"at":1,"group":"g"}})",
        R"({"t":"topic","a":"list"})",
        R"({"t":"topic","a":"list","p":{}})",
        R"({"t":"topic","a":"subscribe","p":{"t":["a"],"consumer_group":"g"}})",
        R"({"t":"topic","a":"unsubscribe"})",
        R"({"t":"health","p":{"detail":true,"limit":1,"offset":0}})",
        R"({"t":"health","a":"any","p":{"detail":true}})",
        R"({"t":"hello"})",
        R"({"t":"ping","p":null})",
    };
    for (const std::string frame : frames) {
      CAPTURE(frame);
      CHECK(strict_code(frame) == "accepted");
    }
  }

  TEST_CASE("where a list belongs, that is told before any key") {
    for (const std::string action :
         {"create", "describe", "pause", "resume", "seek"}) {
      CAPTURE(action);
      const std::string frame = R"({"t":"topic","a":")" + action +
                                R"(","p":{"topic":"a","partitions":2}})";
      parser p{limits{}};
      const auto& all = p.parse(frame, true);
      const auto& refused = std::get<bad_request>(all.front());
      CHECK(refused.known == nullptr);
      CHECK(refused.why.message.find("list") != std::string::npos);
    }
  }

  TEST_CASE("what it does not know is refused, and was ignored before") {
    const char* frames[] = {
        R"({"t":"notif","p":{"t":"a","m":1,"consumer_group":"g"}})",
        R"({"t":"notif","a":"create","p":{"t":"a","m":1,"T":"a"}})",
        R"({"t":"topic","a":"list","p":{"t":"a"}})",
        R"({"t":"topic","a":"offsets","p":{"topics":[],"t":["a"]}})",
        R"({"t":"topic","a":"subscribe","p":{"consumergroup":"g","t":["a"]}})",
        R"({"t":"topic","a":"unsubscribe","p":{"t":["a"]}})",
        R"({"t":"health","p":{"details":true}})",
        R"({"t":"hello","p":{"version":1}})",
        R"({"t":"ping","p":{"":0}})",
    };
    for (const std::string frame : frames) {
      CAPTURE(frame);
      CHECK(strict_code(frame) == "INVALID_REQUEST");
      CHECK(test::codes_of(frame) == "accepted");
    }
  }

  TEST_CASE("the key is named, and those that are known") {
    parser p{limits{}};
    const auto& refused = std::get<bad_request>(
        p.parse(R"({"t":"notif","p":{"t":"a","m":1,"nn":2}})", true).front());
    CHECK(refused.unknown_key == "nn");
    REQUIRE(refused.known != nullptr);
    CHECK(*refused.known == std::vector<std::string>{
                                "t", "m", "ack", "encoding", "headers", "key",
                                "key_encoding", "partition", "timestamp"});
    CHECK(refused.publish);
  }

  TEST_CASE("keys of the envelope are not meant, nor those inside a value") {
    CHECK(strict_code(R"({"t":"notif","x":1,"p":{"t":"a","m":{"x":1}}})") ==
          "accepted");
  }

  TEST_CASE("an unknown type or action is told as such") {
    CHECK(strict_code(R"({"t":"x","p":{"y":1}})") == "UNKNOWN_TYPE");
    CHECK(strict_code(R"({"t":"topic","a":"x","p":{"y":1}})") ==
          "UNKNOWN_ACTION");
  }

  TEST_CASE("a hello counts for what stands behind it in its frame") {
    const std::string odd = R"({"t":"health","p":{"x":1}})";
    CHECK(test::codes_of("[" + odd + R"(,{"t":"hello"},)" + odd + "]") ==
          "accepted accepted INVALID_REQUEST");
    // The next frame's sender may be another.
    parser p{limits{}};
    p.parse(R"([{"t":"hello"}])");
    CHECK(code_of(p.parse(odd).front()) == "accepted");
  }
}

}  // namespace
