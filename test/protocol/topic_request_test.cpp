#include "test/protocol/parsing.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace wskafka::protocol;
using test::codes_of;
using test::one;
using test::repeated;

using names = std::vector<std::string_view>;

std::string create(const std::string& p) {
  return R"({"id":1,"t":"topic","a":"create","p":)" + p + "}";
}

std::string subscribe(const std::string& p) {
  return R"({"id":1,"t":"topic","a":"subscribe","p":)" + p + "}";
}

std::string numbered(std::size_t count) {
  std::string list;
  for (std::size_t i = 0; i < count; ++i) {
    list += (i == 0 ? "\"n" : ",\"n") + std::to_string(i) + "\"";
  }
  return "[" + list + "]";
}

TEST_SUITE("protocol/create") {
  TEST_CASE("the seed's message is read") {
    one m(create(R"(["topic1", "topic2", "topicN"])"));
    const auto& request = m.as<create_request>();
    CHECK(request.head.id == "1");
    CHECK(request.head.t == "\"topic\"");
    CHECK(request.head.a == "\"create\"");
    CHECK(request.topics == names{"topic1", "topic2", "topicN"});
    CHECK(request.refused.empty());
  }

  TEST_CASE("p may be one name or no name") {
    CHECK(one(create("\"a\"")).as<create_request>().topics == names{"a"});
    CHECK(one(create("[]")).as<create_request>().topics.empty());
  }

  TEST_CASE("repeated names count once, in their first place") {
    one m(create(R"(["b","a","\u0062","c","a"])"));
    CHECK(m.as<create_request>().topics == names{"b", "a", "c"});
    CHECK(codes_of(create("[" + repeated("\"a\"", 1000) + "]")) == "accepted");
  }

  TEST_CASE("names against the rule are handed out apart from the good ones") {
    one m(create(R"(["a","b c","__d","e","b c",""])"));
    const auto& request = m.as<create_request>();
    CHECK(request.topics == names{"a", "e"});
    REQUIRE(request.refused.size() == 3);
    CHECK(request.refused[0].topic == "b c");
    CHECK(request.refused[0].code == "INVALID_TOPIC_EXCEPTION");
    CHECK(request.refused[0].message ==
          "\"b c\" is no topic name: 1 to 249 letters, digits, '.', '_' and "
          "'-' are allowed, but not '.' or '..' alone.");
    CHECK(request.refused[1].topic == "__d");
    CHECK(request.refused[1].message ==
          "\"__d\" may not be used: names that start with '__' belong to "
          "Kafka.");
    CHECK(request.refused[2].topic.empty());
  }

  TEST_CASE("100 topics pass, 101 do not, bad names counted") {
    CHECK(one(create(numbered(100))).as<create_request>().topics.size() == 100);
    CHECK(codes_of(create(numbered(101))) == "INVALID_REQUEST");
    limits bounds;
    bounds.topics_per_request = 2;
    CHECK(codes_of(create(R"(["a","b","a"])"), bounds) == "accepted");
    CHECK(codes_of(create(R"(["a","b","."])"), bounds) == "INVALID_REQUEST");
    CHECK(one(create(numbered(3)), bounds).as<bad_request>().why.message ==
          "There are more topics in p than the 2 that one request may name.");
  }

  TEST_CASE("another p is refused") {
    for (const char* p :
         {"null", "1", "true", "{}", R"({"t":["a"]})", "[1]", R"(["a",null])",
          R"([["a"]])", R"(["\ud83d"])", R"("\ud83d")"}) {
      CAPTURE(p);
      CHECK(codes_of(create(p)) == "INVALID_REQUEST");
    }
    CHECK(codes_of(R"({"t":"topic","a":"create"})") == "INVALID_REQUEST");
  }
}

TEST_SUITE("protocol/subscribe") {
  TEST_CASE("the seed's message is read") {
    one m(subscribe(
        R"({"t":["topic1","topic2"],"consumer_group":"ingestion_1"})"));
    const auto& request = m.as<subscribe_request>();
    CHECK(request.head.id == "1");
    CHECK(request.topics == names{"topic1", "topic2"});
    CHECK(request.group == "ingestion_1");
  }

  TEST_CASE("the default group is meant by absent, null and empty") {
    for (const char* p :
         {R"({"t":["a"]})", R"({"t":["a"],"consumer_group":null})",
          R"({"t":["a"],"consumer_group":""})"}) {
      CHECK(one(subscribe(p)).as<subscribe_request>().group.empty());
    }
    CHECK(one(subscribe(R"({"t":[],"consumer_group":"","broadcast":true})"))
              .as<subscribe_request>()
              .broadcast);
  }

  TEST_CASE("a group name has at most 249 bytes and no control characters") {
    const auto with = [](const std::string& group) {
      return codes_of(
          subscribe(R"({"t":["a"],"consumer_group":)" + group + "}"));
    };
    CHECK(with("\"" + std::string(249, 'g') + "\"") == "accepted");
    CHECK(with("\"" + std::string(250, 'g') + "\"") == "INVALID_REQUEST");
    CHECK(with("\"any \xc3\xa9 name / at all\"") == "accepted");
    for (const char* bad : {R"("\n")", R"("a\u0000")", R"("\u001f")",
                            "\"\x7f\"", "1", "[]", "{}", "false"}) {
      CHECK(with(bad) == "INVALID_REQUEST");
    }
  }

  TEST_CASE("an empty list passes, anything but a list of names does not") {
    CHECK(one(subscribe(R"({"t":[]})")).as<subscribe_request>().topics.empty());
    for (const char* p : {"null", "[]", R"(["a"])", R"("a")", "{}",
                          R"({"t":"a"})", R"({"t":null})", R"({"t":{}})",
                          R"({"t":[1]})", R"({"t":["a",["b"]]})"}) {
      CAPTURE(p);
      CHECK(codes_of(subscribe(p)) == "INVALID_REQUEST");
    }
  }

  TEST_CASE("one bad name refuses the whole") {
    one m(subscribe(R"({"t":["a","b/c","__d"]})"));
    const auto& refused = m.as<bad_request>();
    CHECK(refused.why.code == "INVALID_TOPIC_EXCEPTION");
    CHECK(refused.why.message.find("\"b/c\"") == 0);
    CHECK(!refused.why.retriable);
    CHECK(!refused.publish);
    CHECK(codes_of(subscribe(R"({"t":["__d"]})")) == "INVALID_TOPIC_EXCEPTION");
    limits bounds;
    bounds.internal_topics = true;
    CHECK(codes_of(subscribe(R"({"t":["__d"]})"), bounds) == "accepted");
  }

  TEST_CASE("100 topics pass, 101 do not") {
    CHECK(codes_of(subscribe("{\"t\":" + numbered(100) + "}")) == "accepted");
    CHECK(codes_of(subscribe("{\"t\":" + numbered(101) + "}")) ==
          "INVALID_REQUEST");
  }
}

TEST_SUITE("protocol/topic") {
  TEST_CASE("list and unsubscribe need nothing more and ignore p") {
    CHECK(
        one(R"({"id":23,"t":"topic","a":"list"})").as<list_request>().head.id ==
        "23");
    CHECK(one(R"({"id":1300,"t":"topic","a":"unsubscribe"})")
              .as<unsubscribe_request>()
              .head.a == "\"unsubscribe\"");
    CHECK(codes_of(R"({"t":"topic","a":"list","p":[1,{"t":"\ud83d"}]})") ==
          "accepted");
  }

  TEST_CASE("entries that begin with ^ are patterns") {
    const one mixed(
        R"({"t":"topic","a":"subscribe","p":{"t":["a","^b.*","c","^"]}})");
    const auto& found = mixed.as<subscribe_request>();
    CHECK(found.topics == std::vector<std::string_view>{"a", "c"});
    CHECK(found.patterns == std::vector<std::string_view>{"^b.*", "^"});
    const auto with = [](std::size_t size) {
      return R"({"t":"topic","a":"subscribe","p":{"t":["^)" +
             std::string(size - 1, '.') + R"("]}})";
    };
    CHECK(codes_of(with(200)) == "accepted");
    CHECK(codes_of(with(201)) == "INVALID_REQUEST");
    // Only the gateway knows whether it is meant.
    CHECK(
        codes_of(
            R"({"t":"topic","a":"subscribe","p":{"t":["^a"],"broadcast":true,)"
            R"("from":[{"topic":"ab","partition":0,"offset":1}]}})") ==
        "accepted");
    CHECK(codes_of(R"({"t":"topic","a":"create","p":["^a"]})") == "accepted");
  }
}

}  // namespace
