#include "test/config/loading.hpp"

#include <doctest/doctest.h>

using namespace wskafka::config;
using namespace wskafka::config::test;

TEST_SUITE("config/hostile") {
  TEST_CASE("texts that are no configuration are one problem") {
    for (const std::string text : {"",
                                   " ",
                                   "null",
                                   "true",
                                   "5",
                                   "\"x\"",
                                   "[]",
                                   "[{}]",
                                   "{",
                                   "}",
                                   "{]",
                                   "nul",
                                   "{\"a\"",
                                   "\xff\xfe{\0}\0",
                                   "{\"a\": \"\xff\"}",
                                   "{,}",
                                   "//",
                                   "/*",
                                   "{}}",
                                   "\xef\xbb",
                                   "{\"a\":01}",
                                   "{\"kafka_config\": 1e400}",
                                   "{\"kafka_config\": []}",
                                   "{\"kafka_config\": null}",
                                   "{\"\": {}}",
                                   "{\"a\\u0000b\": {}}"}) {
      CAPTURE(text);
      const auto loaded = load_file(text);
      CHECK(loaded.problems.size() == 1);
      CHECK(lines(loaded.problems).size() < 400);
    }
  }

  TEST_CASE("a NUL in the text is an error, not its end") {
    CHECK(load_file(std::string("{}\0garbage", 10)).problems.size() == 1);
  }

  TEST_CASE("numbers beyond all bounds are refused for every number") {
    for (const std::string number :
         {"-1000000000000000000", "9223372036854775807", "-9223372036854775808",
          "18446744073709551615", "18446744073709551616", "1e308", "-1e308",
          "1e-5", "-0.5", "0.5"})
      for (const std::string path : {"websocket_config\": {\"port",
                                     "websocket_config\": {\"stop_timeout",
                                     "websocket_config\": {\"process_in_bytes",
                                     "producer_config\": {\"mq_interval",
                                     "consumer_config\": {\"retryFactor",
                                     "consumer_config\": {\"fetchMinBytes"}) {
        CAPTURE(path);
        CAPTURE(number);
        CHECK(
            load_file("{\"" + path + "\": " + number + "}}").problems.size() ==
            1);
      }
  }

  TEST_CASE("names of any length and content give messages of bounded size") {
    const std::string name(1'000'000, 'x');
    for (const std::string& text :
         {"{\"" + name + "\": 1}", "{\"kafka_config\": {\"" + name + "\": 1}}",
          "{\"kafka_config\": {\"librdkafka\": {\"" + name + "\": null}}}",
          "{\"kafka_config\": {\"ssl\": \"" + name + "\"}}",
          "{\"kafka_config\": {\"ssl\": " + std::string(300, '1') + "}}"}) {
      const auto loaded = load_file(text);
      REQUIRE(loaded.problems.size() == 1);
      CHECK(lines(loaded.problems).size() < 400);
    }
    const auto loaded = load_file("{\"a\\nb\\u001b[31m\": 1}");
    CHECK(has(lines(loaded.problems), "a?b?[31m is not a section"));
  }

  TEST_CASE("many wrong keys are many problems") {
    std::string text = "{\"kafka_config\": {";
    for (int i = 0; i < 1000; ++i)
      text += "\n\"wrong" + std::to_string(i) + "\": 1,";
    text.back() = '}';
    const auto loaded = load_file(text + "}");
    REQUIRE(loaded.problems.size() == 1000);
    CHECK(loaded.problems.back().where == "a.json:1001");
  }

  TEST_CASE("nesting is refused before it costs anything") {
    for (const std::string& text :
         {std::string(1'000'000, '['),
          "{\"kafka_config\": {\"ssl\": " + std::string(1'000'000, '[')})
      CHECK(load_file(text).problems.size() == 1);
  }
}
