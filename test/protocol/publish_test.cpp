#include "test/protocol/parsing.hpp"

#include <doctest/doctest.h>

#include <string>
#include <utility>

namespace {

using namespace wskafka::protocol;
using test::one;

std::string frame_with(const std::string& m) {
  return R"({"id":1,"t":"notif","a":"create","p":{"t":"topic1","m":)" + m +
         "}}";
}

TEST_SUITE("protocol/publish") {
  TEST_CASE("the seed's message is read") {
    one m(
        R"({"id":1320,"t":"notif","a":"create","p":{"t":"topic1", "m":"{custom_message:'msg'}"}})");
    const auto& request = m.as<publish_request>();
    CHECK(request.head.id == "1320");
    CHECK(request.head.t == "\"notif\"");
    CHECK(request.head.a == "\"create\"");
    CHECK(request.topic == "topic1");
    CHECK(request.value == "{custom_message:'msg'}");
    CHECK(!request.null_value);
  }

  TEST_CASE("a string is its UTF-8 bytes") {
    const std::pair<std::string, std::string> cases[] = {
        {R"("")", ""},
        {R"("plain")", "plain"},
        {R"("a\"b\\c\/d\b\f\n\r\t")", "a\"b\\c/d\b\f\n\r\t"},
        {R"("\u0041\u00e9\u20ac")", "A\xc3\xa9\xe2\x82\xac"},
        {R"("\ud83d\ude00!")", "\xf0\x9f\x98\x80!"},
        {R"("a\u0000b")", std::string("a\0b", 3)},
        {"\"\x7f\xf0\x9f\x98\x80\"", "\x7f\xf0\x9f\x98\x80"},
        {"\"" + std::string(5000, 'x') + R"(\n")",
         std::string(5000, 'x') + "\n"},
    };
    for (const auto& [json, bytes] : cases) {
      one m(frame_with(json));
      CHECK(m.as<publish_request>().value == bytes);
    }
  }

  TEST_CASE("another value is its own text without outer whitespace") {
    const std::pair<std::string, std::string> cases[] = {
        {"1", "1"},
        {"-0.0e+10 ", "-0.0e+10"},
        {"1e400", "1e400"},
        {" true\n", "true"},
        {"false", "false"},
        {"{}", "{}"},
        {" { } ", "{}"},
        {"[ ]", "[]"},
        {"[ 1 ,\t2\r\n, \"a  b\" ]", "[1,2,\"a  b\"]"},
        {R"({ "a b" : "\" \\" , "c" : [ { } ] })",
         R"({"a b":"\" \\","c":[{}]})"},
        {R"(["\\" , "\\\" , "])", R"(["\\","\\\" , "])"},
        {R"({"u":"\u0041 \ud83d"})", R"({"u":"\u0041 \ud83d"})"},
        {"[ \"" + std::string(100, ' ') + "\" ]",
         "[\"" + std::string(100, ' ') + "\"]"},
    };
    for (const auto& [json, text] : cases) {
      one m(frame_with(json));
      CHECK(m.as<publish_request>().value == text);
      CHECK(!m.as<publish_request>().null_value);
    }
  }

  TEST_CASE("null is the null value, which is not the empty one") {
    one null(frame_with(" null "));
    CHECK(null.as<publish_request>().null_value);
    CHECK(null.as<publish_request>().value.empty());
    one empty(frame_with("\"\""));
    CHECK(!empty.as<publish_request>().null_value);
  }

  TEST_CASE("the values of many messages stand side by side") {
    parser p{limits{}};
    std::string frame;
    for (int i = 0; i < 1000; ++i) {
      const std::string n = std::to_string(i);
      frame += (i == 0 ? "[" : ",") + (R"({"t":"notif","p":{"m":)" +
                                       (i % 3 == 0   ? "[ " + n + " ]"
                                        : i % 3 == 1 ? "\"\\u0041" + n + "\""
                                                     : "\"" + n + "\"") +
                                       R"(,"t":"t)" + n + "\"}}");
    }
    const auto& all = p.parse(frame + "]");
    REQUIRE(all.size() == 1000);
    for (int i = 0; i < 1000; ++i) {
      const auto& request =
          std::get<publish_request>(all[static_cast<std::size_t>(i)]);
      const std::string n = std::to_string(i);
      CHECK(request.topic == "t" + n);
      CHECK(request.value == (i % 3 == 0   ? "[" + n + "]"
                              : i % 3 == 1 ? "A" + n
                                           : n));
    }
  }

  TEST_CASE("frame after frame, values stay where they were put") {
    parser p{limits{}};
    for (int round = 0; round < 1000; ++round) {
      const auto& all = p.parse("[" + frame_with("[ 1, 2, 3 ]") + "," +
                                frame_with("[ 4, 5, 6 ]") + "]");
      REQUIRE(all.size() == 2);
      CHECK(std::get<publish_request>(all[0]).value == "[1,2,3]");
      CHECK(std::get<publish_request>(all[1]).value == "[4,5,6]");
    }
  }

  TEST_CASE("p may come before the type, and unknown keys are ignored") {
    one m(R"({"p":{"acks":true,"m":"x","keys":{"t":1},"t":"a"},"t":"notif"})");
    CHECK(m.as<publish_request>().topic == "a");
    CHECK(m.as<publish_request>().value == "x");
  }

  TEST_CASE("refusals say what is wanted") {
    const std::pair<const char*, const char*> cases[] = {
        {R"({"t":"notif"})",
         "p is missing; it must be an object with t and m."},
        {R"({"t":"notif","p":3})", "p must be an object with t and m."},
        {R"({"t":"notif","p":{"m":1}})",
         "p.t is missing; it must be the name of a topic."},
        {R"({"t":"notif","p":{"t":["a"],"m":1}})",
         "p.t must be the name of a topic."},
        {R"({"t":"notif","p":{"t":"a"}})",
         "p.m is missing; it must be the record's value."},
        {R"({"t":"notif","p":{"t":"a","m":"\ud83d"}})",
         "p.m holds one half of a surrogate pair without the other."},
        {R"({"t":"notif","p":{"t":"a b","m":1}})",
         "\"a b\" is no topic name: 1 to 249 letters, digits, '.', '_' and "
         "'-' are allowed, but not '.' or '..' alone."},
        {R"({"t":"notif","p":{"t":"__a","m":1}})",
         "\"__a\" may not be used: names that start with '__' belong to "
         "Kafka."},
    };
    for (const auto& [frame, sentence] : cases) {
      one m(frame);
      CHECK(m.as<bad_request>().why.message == sentence);
      CHECK(m.as<bad_request>().publish);
    }
  }

  TEST_CASE("internal topics are served when that is allowed") {
    limits bounds;
    bounds.internal_topics = true;
    one m(R"({"t":"notif","p":{"t":"__a","m":1}})", bounds);
    CHECK(m.as<publish_request>().topic == "__a");
    one bad(R"({"t":"notif","p":{"t":"__ a","m":1}})", bounds);
    CHECK(bad.as<bad_request>().why.code == "INVALID_TOPIC_EXCEPTION");
  }
}

}  // namespace
