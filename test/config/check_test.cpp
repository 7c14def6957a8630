#include "config/check.hpp"

#include <doctest/doctest.h>

using namespace wskafka::config;

namespace {

const std::int64_t big = std::int64_t{1} << 62;

value whole(std::int64_t number) {
  return {number};
}
value text(std::string words) {
  return {std::move(words)};
}
value texts(std::vector<std::string> words) {
  list items;
  for (auto& each : words)
    items.push_back({std::move(each)});
  return {items};
}

struct example {
  std::string section, key;
  std::vector<value> good, bad;
};

const std::vector<example> examples = {
    {"consumer_config",
     "autoCommit",
     {{true}, {false}},
     {{}, whole(1), text("true"), {list{}}, {object{}}}},
    {"consumer_config",
     "ssl",
     {{true}, {false}, {object{}}},
     {{}, whole(1), text("true"), {list{}}}},
    {"websocket_config",
     "port",
     {whole(0), whole(65535)},
     {{},
      whole(-1),
      whole(65536),
      whole(big),
      whole(-big),
      {3000.0},
      {1e300},
      text("3000"),
      {true},
      {list{}}}},
    {"producer_config",
     "mq_interval",
     {{}, whole(0), whole(1), whole(3'600'000)},
     {whole(-1), whole(3'600'001), {1.5}, text("null"), {false}}},
    {"consumer_config",
     "retryFactor",
     {whole(1), {1.8}, {100.0}},
     {{}, {0.99}, {100.01}, {-1.8}, whole(0), text("1.8"), {true}}},
    {"consumer_config",
     "groupId",
     {text("g"), text(std::string(255, 'g'))},
     {{},
      text(""),
      text(std::string(256, 'g')),
      text("a\nb"),
      text(std::string("a\0b", 3)),
      whole(1),
      {true}}},
    {"consumer_config",
     "fromOffset",
     {text("latest"), text("earliest"), text("none")},
     {{}, text("Latest"), text(""), text("newest"), whole(0)}},
    {"consumer_config",
     "protocol",
     {texts({"range"}), texts({"roundrobin", "range"})},
     {{},
      text("range"),
      texts({}),
      texts({"sticky"}),
      texts({"range", "range"}),
      {list{whole(1)}}}},
    {"websocket_config",
     "allowed_origins",
     {texts({}), texts({"https://a", "https://b"})},
     {{}, text("https://a"), texts({""}), texts({"a\tb"}), {list{{}}}}},
    {"producer_config",
     "requireAcks",
     {whole(-1), whole(0), whole(1)},
     {{}, whole(-2), whole(2), text("all")}},
    {"producer_config",
     "partitionerType",
     {whole(0), whole(1), whole(2), whole(3)},
     {{}, whole(-1), whole(4), whole(5), text("cyclic")}},
    {"kafka_config", "librdkafka", {{object{}}}, {{}, text("a=b"), {list{}}}},
};

}  // namespace

TEST_SUITE("config/check") {
  TEST_CASE("each kind takes its own values and no others") {
    for (const auto& row : examples) {
      CAPTURE(row.key);
      const option* of = find_option(row.section, row.key);
      REQUIRE(of != nullptr);
      for (const auto& each : row.good)
        CHECK(check(*of, each) == "");
      for (const auto& each : row.bad) {
        CAPTURE(to_json(each));
        CHECK(check(*of, each) != "");
      }
    }
  }

  TEST_CASE("a refusal tells what is allowed and what was given") {
    const option& port = *find_option("websocket_config", "port");
    CHECK(check(port, text("x")) ==
          "must be a whole number from 0 to 65535, not \"x\"");
    const option& wait = *find_option("kafka_config", "requestTimeout");
    CHECK(check(wait, {}) ==
          "must be a whole number from 10 to 3600000 (ms), not null");
    const option& start = *find_option("consumer_config", "fromOffset");
    CHECK(check(start, text("x")) ==
          R"(must be "latest", "earliest" or "none", not "x")");
  }

  TEST_CASE("a whole number is written as one") {
    const option& wait = *find_option("kafka_config", "requestTimeout");
    CHECK(check(wait, {5000.0}) ==
          "must be a whole number from 10 to 3600000 (ms), not 5000; written "
          "without a point or exponent");
  }

  TEST_CASE("a property is passed on as it is written, or refused") {
    const option& own = *find_option("kafka_config", "librdkafka");
    const auto with = [&](value content) {
      return check(own, {object{{"sasl.password", std::move(content), 1}}});
    };
    CHECK(with({std::int64_t{12}}) == "");
    CHECK(with({std::string{"1.50"}}) == "");
    CHECK(with({1.5}) == "");
    CHECK(with({1e22}).find("in quotes") != std::string::npos);
  }

  TEST_CASE("what was given is cut short") {
    const option& port = *find_option("websocket_config", "port");
    CHECK(check(port, text(std::string(1'000'000, 'x'))).size() < 200);
    std::string umlauts;
    for (int i = 0; i < 100; ++i)
      umlauts += "ä";
    const std::string told = check(port, text(umlauts));
    CHECK(told.substr(told.size() - 5) == "ä...");
  }

  TEST_CASE("a value that is refused for a reason says the reason") {
    const option& partitioner =
        *find_option("producer_config", "partitionerType");
    CHECK(check(partitioner, whole(4)).find("function") != std::string::npos);
    const option& migrate = *find_option("consumer_config", "migrateHLC");
    CHECK(check(migrate, {true}).find("ZooKeeper") != std::string::npos);
  }

  TEST_CASE("kafka-node's TLS object is sent on to librdkafka's properties") {
    const option& ssl = *find_option("consumer_config", "ssl");
    const std::string told =
        check(ssl, {object{{"passphrase", text("hunter2"), 0}}});
    CHECK(told.find("consumer_config.librdkafka") != std::string::npos);
    CHECK(told.find("hunter2") == std::string::npos);
  }

  TEST_CASE("texts are read as the option's kind") {
    struct reading {
      std::string section, key, text;
      value expected;
    };
    for (const auto& row : {
             reading{"consumer_config", "autoCommit", "false", {false}},
             reading{"consumer_config", "ssl", "true", {true}},
             reading{"consumer_config", "ssl", "yes", text("yes")},
             reading{"websocket_config", "port", "80", whole(80)},
             reading{"websocket_config", "port", "-1", whole(-1)},
             reading{"websocket_config", "port", "80 ", text("80 ")},
             reading{"websocket_config", "port", "0x50", text("0x50")},
             reading{"websocket_config", "port", "99999999999999999999",
                     text("99999999999999999999")},
             reading{"producer_config", "mq_interval", "null", {}},
             reading{"producer_config", "mq_interval", "0", whole(0)},
             reading{"consumer_config", "retryFactor", "1.5", {1.5}},
             reading{"consumer_config", "retryFactor", "1,5", text("1,5")},
             reading{"consumer_config", "groupId", "80", text("80")},
             reading{"consumer_config", "protocol", "range, roundrobin",
                     texts({"range", "roundrobin"})},
             reading{"consumer_config", "protocol", "", texts({})},
             reading{"consumer_config", "protocol", "range,",
                     texts({"range", ""})},
             reading{"consumer_config", "protocol", ",", texts({"", ""})},
         }) {
      CAPTURE(row.text);
      CHECK(from_text(*find_option(row.section, row.key), row.text) ==
            row.expected);
    }
  }

  TEST_CASE("numbers that are none are refused for a real option") {
    const option& factor = *find_option("consumer_config", "retryFactor");
    for (const char* given : {"nan", "inf", "-inf", "1e999", "x", ""}) {
      CAPTURE(given);
      CHECK(check(factor, from_text(factor, given)) != "");
    }
  }
}
