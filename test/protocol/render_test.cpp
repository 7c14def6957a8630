#include "protocol/render.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <limits>
#include <string>

namespace {

using namespace wskafka::protocol;

const envelope creation{"1", "\"topic\"", "\"create\""};

std::string success(std::uint64_t id, const envelope& head,
                    std::string_view p = {}) {
  std::string out;
  append_success(out, id, head, p);
  return out;
}

template <class... Persisted>
std::string failed(const envelope& head, const failure& why,
                   Persisted... written) {
  std::string out;
  append_failure(out, 7, head, why, written...);
  return out;
}

TEST_SUITE("protocol/render") {
  TEST_CASE("the seed's replies come out byte for byte, p last") {
    CHECK(
        success(1, creation, R"(["topic1","topic2","topicN"])") ==
        R"({"id":1,"refid":1,"t":"topic","a":"create","s":0,"p":["topic1","topic2","topicN"]})");
    CHECK(success(567, {"1300", "\"topic\"", "\"unsubscribe\""}) ==
          R"({"id":567,"refid":1300,"t":"topic","a":"unsubscribe","s":0})");
    CHECK(success(5, {"1500", "\"health\"", ""}, R"({"consumers":[]})") ==
          R"({"id":5,"refid":1500,"t":"health","s":0,"p":{"consumers":[]}})");
  }

  TEST_CASE("what the request did not have is left out") {
    CHECK(success(0, {}) == R"({"id":0,"s":0})");
    CHECK(success((1ULL << 53) - 1, {}, "null") ==
          R"({"id":9007199254740991,"s":0,"p":null})");
    CHECK(
        failed({}, failure(error_code::invalid_json, "x")) ==
        R"({"id":7,"s":1,"p":{"code":"INVALID_JSON","message":"x","retriable":false}})");
  }

  TEST_CASE("the id of the request stands in the reply as it came") {
    for (const char* id : {"1e400", "18446744073709551616", R"("\u0041")",
                           R"({ "a" : [ 1 ] })", "-0"}) {
      CHECK(success(1, {id, {}, {}}) ==
            R"({"id":1,"refid":)" + std::string(id) + R"(,"s":0})");
    }
  }

  TEST_CASE("a failure has code, sentence and retriable") {
    CHECK(
        failed(creation, failure(error_code::timeout, "Too late.")) ==
        R"({"id":7,"refid":1,"t":"topic","a":"create","s":1,"p":{"code":"TIMEOUT","message":"Too late.","retriable":true}})");
    CHECK(
        failed(creation, failure("POLICY_VIOLATION", "No.", false)) ==
        R"({"id":7,"refid":1,"t":"topic","a":"create","s":1,"p":{"code":"POLICY_VIOLATION","message":"No.","retriable":false}})");
  }

  TEST_CASE("a failed publish tells whether it may have been written") {
    const failure why(error_code::timeout, "x");
    CHECK(
        failed({}, why, persisted::no) ==
        R"({"id":7,"s":1,"p":{"code":"TIMEOUT","message":"x","retriable":true,"persisted":"no"}})");
    CHECK(
        failed({}, why, persisted::maybe) ==
        R"({"id":7,"s":1,"p":{"code":"TIMEOUT","message":"x","retriable":true,"persisted":"maybe"}})");
  }

  TEST_CASE("a receipt tells where the record is") {
    const auto receipt = [](const envelope& head, std::int64_t offset) {
      std::string out;
      append_receipt(out, 7, head, "a.b", 3, offset, 1700000000123);
      return out;
    };
    CHECK(
        receipt({"[1]", "\"notif\"", "\"create\""}, 0) ==
        R"({"id":7,"refid":[1],"t":"notif","a":"create","s":0,"p":{"topic":"a.b","partition":3,"offset":0,"timestamp":1700000000123}})");
    CHECK(
        receipt({"", "\"notif\"", ""}, (1LL << 62)) ==
        R"({"id":7,"t":"notif","s":0,"p":{"topic":"a.b","partition":3,"offset":4611686018427387904,"timestamp":1700000000123}})");
    // The broker had it already and does not know where.
    CHECK(
        receipt({"", "\"notif\"", ""}, -1001) ==
        R"({"id":7,"t":"notif","s":0,"p":{"topic":"a.b","partition":3,"offset":null,"timestamp":1700000000123}})");
  }

  TEST_CASE("missing topics are listed") {
    failure why("UNKNOWN_TOPIC_OR_PARTITION", "x", true);
    why.topics = {"a", "b"};
    CHECK(
        failed({}, why) ==
        R"({"id":7,"s":1,"p":{"code":"UNKNOWN_TOPIC_OR_PARTITION","message":"x","retriable":true,"topics":["a","b"]}})");
  }

  TEST_CASE("a failed create lists what failed and what was created") {
    failure why("INVALID_TOPIC_EXCEPTION", "x", false);
    why.failed = {{"b c", "INVALID_TOPIC_EXCEPTION", "\"b c\"?"},
                  {"d", "TIMEOUT", "late"}};
    why.created = {"a"};
    CHECK(
        failed({}, why) ==
        R"({"id":7,"s":1,"p":{"code":"INVALID_TOPIC_EXCEPTION","message":"x","retriable":false,"failed":[{"topic":"b c","code":"INVALID_TOPIC_EXCEPTION","message":"\"b c\"?"},{"topic":"d","code":"TIMEOUT","message":"late"}],"created":["a"]}})");
    why.created.clear();
    why.failed.pop_back();
    CHECK(
        failed({}, why) ==
        R"({"id":7,"s":1,"p":{"code":"INVALID_TOPIC_EXCEPTION","message":"x","retriable":false,"failed":[{"topic":"b c","code":"INVALID_TOPIC_EXCEPTION","message":"\"b c\"?"}],"created":[]}})");
  }

  TEST_CASE("a failed delete lists what failed and what was deleted") {
    failure why("UNKNOWN_TOPIC_OR_PARTITION", "x", true);
    why.failed = {{"a", "UNKNOWN_TOPIC_OR_PARTITION", "y"}};
    why.created = {"b"};
    why.deleting = true;
    CHECK(
        failed({}, why) ==
        R"({"id":7,"s":1,"p":{"code":"UNKNOWN_TOPIC_OR_PARTITION","message":"x","retriable":true,"failed":[{"topic":"a","code":"UNKNOWN_TOPIC_OR_PARTITION","message":"y"}],"deleted":["b"]}})");
  }

  TEST_CASE("text of clients cannot leave its string") {
    const std::string evil = "\"},\n{\"s\":0\\\x01";
    failure why(error_code::unknown_type, evil);
    why.topics = {evil};
    why.failed = {{evil, evil, evil}};
    why.created = {evil};
    const auto reply = nlohmann::json::parse(failed(creation, why));
    CHECK(reply["s"] == 1);
    CHECK(reply["p"]["message"] == evil);
    CHECK(reply["p"]["topics"][0] == evil);
    CHECK(reply["p"]["failed"][0]["topic"] == evil);
    CHECK(reply["p"]["created"][0] == evil);
  }

  TEST_CASE("everything is appended") {
    std::string out = "[";
    append_names(out, {});
    out += ' ';
    append_names(out, {"a", "b\"", ""});
    out += ' ';
    append_string(out, "h\xc3\xa9\t");
    out += ' ';
    append_topic_partition(out, "t", 0);
    append_topic_partition(out, "u", std::numeric_limits<std::int32_t>::max());
    append_position(out, "v", 1, 1'000'000'000'000);
    append_gap(out, "w\"", 2, 3, 4, "retention");
    append_success(out, 1, {});
    append_success(out, 1, {}, "[]", ",\"pos\":[]");
    append_failure(out, 2, {}, failure("A", "b", false));
    append_delivery(out, 3, "c", false);
    CHECK(
        out ==
        "[[] [\"a\",\"b\\\"\",\"\"] \"h\xc3\xa9\\t\" "
        R"({"topic":"t","partition":0}{"topic":"u","partition":2147483647})"
        R"({"topic":"v","partition":1,"offset":1000000000000})"
        R"({"t":"event","a":"gap","p":{"topic":"w\"","partition":2,"from":3,"to":4,"reason":"retention"}})"
        R"({"id":1,"s":0})"
        R"({"id":1,"s":0,"p":[],"pos":[]})"
        R"({"id":2,"s":1,"p":{"code":"A","message":"b","retriable":false}})"
        R"({"id":3,"t":"notif","p":"c"})");
  }
}

}  // namespace
