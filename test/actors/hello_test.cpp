#include "actors/hello.hpp"

#include "actors/describe.hpp"
#include "actors/replies.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using wskafka::json;

TEST_SUITE_BEGIN("actors/hello");

TEST_CASE("a hello is told the settings") {
  wskafka::config::options options;
  options.websocket.max_id = 77;
  options.websocket.ping_interval = std::chrono::milliseconds(1234);
  options.producer.require_acks = wskafka::config::acks::leader;
  const json told = json::parse(wskafka::hello_text(options, 9));
  CHECK(told.at("server") == "wskafka");
  CHECK(told.at("protocol") == 2);
  CHECK(told.at("limits").at("max_id") == 77);
  CHECK(told.at("limits").at("idle_timeout_ms") == nullptr);
  CHECK(told.at("ping_ms") == 1234);
  CHECK(told.at("acks") == 1);
  CHECK(told.at("auth") == "off");
  CHECK(told.at("ws") == 9);
}

TEST_CASE("a hello tells who is closed for being idle") {
  wskafka::config::options options;
  options.websocket.idle_timeout = std::chrono::milliseconds(567);
  const json told = json::parse(wskafka::hello_text(options, 9));
  CHECK(told.at("limits").at("idle_timeout_ms") == 567);
}

TEST_CASE("a hello names the features, in order, and none it has not") {
  wskafka::config::options options;
  using strings = std::vector<std::string>;
  const auto told = [&] {
    return json::parse(wskafka::hello_text(options, 1))
        .at("features")
        .get<strings>();
  };
  CHECK(told() == strings{"ack",       "base64",   "broadcast", "commit",
                          "control",   "describe", "detail",    "events",
                          "flush",     "from",     "headers",   "key",
                          "meta",      "offsets",  "partition", "pattern",
                          "ping",      "resume",   "shape",     "slow",
                          "timestamp", "window"});
  options.kafka.allow_delete_topics = true;
  CHECK(told().at(5) == "delete");
  options.producer.require_acks = wskafka::config::acks::none;
  CHECK(told().front() == "base64");
}

TEST_CASE("a refusal of a key names the one that was meant, or all") {
  const auto told = [](const std::vector<std::string>& known) {
    wskafka::protocol::failure why;
    why.message = "p has no key \"consumergroup\"";
    return wskafka::unknown_key(why, "consumergroup", known).message;
  };
  CHECK(told({"t", "consumer_group"}) ==
        "p has no key \"consumergroup\"; did you mean \"consumer_group\"?");
  CHECK(told({"t", "m"}) ==
        "p has no key \"consumergroup\"; it may have \"t\", \"m\".");
  CHECK(told({}) ==
        "p has no key \"consumergroup\"; this request has no keys there.");
}

TEST_SUITE_END();
