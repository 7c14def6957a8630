#include "config/describe.hpp"

#include "config/table.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>

using namespace wskafka::config;

TEST_SUITE("config/describe") {
  TEST_CASE("every option with a meaning is told once") {
    const auto told = describe({});
    std::map<std::string, std::string> by_path(told.begin(), told.end());
    CHECK(by_path.size() == told.size());
    for (const auto& each : table())
      CHECK(by_path.count(path_of(each)) ==
            (each.ignored || each.type == kind::properties ? 0 : 1));
    CHECK(by_path["websocket_config.port"] == "3000");
    CHECK(by_path["producer_config.requireAcks"] == "-1");
    CHECK(by_path["consumer_config.fetchMaxWaitMs"] == "null");
    CHECK(by_path["consumer_config.protocol"] == "roundrobin");
    CHECK(by_path["consumer_config.retryFactor"] == "1.8");
  }

  TEST_CASE("of a secret only its presence is told") {
    options values;
    values.kafka.librdkafka = {{"sasl.password", "hunter2"},
                               {"ssl.key.pem", ""},
                               {"sasl.username", "me"}};
    const auto told = describe(values);
    const auto has = [&](const std::string& path, const std::string& text) {
      return std::find(told.begin(), told.end(), std::pair{path, text}) !=
             told.end();
    };
    CHECK(has("kafka_config.librdkafka.sasl.password", "set"));
    CHECK(has("kafka_config.librdkafka.ssl.key.pem", "unset"));
    CHECK(has("kafka_config.librdkafka.sasl.username", "me"));
    for (const auto& each : told)
      CHECK(each.second.find("hunter2") == std::string::npos);
  }
}
