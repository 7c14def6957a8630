#include "test/config/loading.hpp"

#include <doctest/doctest.h>

using namespace wskafka::config;
using namespace wskafka::config::test;

TEST_SUITE("config/file") {
  TEST_CASE("a file sets what it names and nothing else") {
    const auto loaded = load_file(R"({
      "kafka_config": {"kafkaHost": "a:1,b:2", "ssl": true},
      "websocket_config": {"port": 0, "log_format": "json",
                           "allowed_origins": ["https://a.example"]},
      "producer_config": {"requireAcks": 1, "partitionerType": 3,
                          "mq_interval": null},
      "consumer_config": {"mq_interval": 0, "fromOffset": "none", "ssl": {},
                          "fetchMaxWaitMs": 0, "retryFactor": 2,
                          "protocol": ["range", "roundrobin"]}})");
    REQUIRE(lines(loaded.problems) == "");
    CHECK(lines(loaded.notices) == "");
    const auto& [kafka, websocket, producer, consumer] = loaded.values;
    CHECK(kafka.host == "a:1,b:2");
    CHECK(kafka.ssl);
    CHECK(kafka.client_id == "wskafka");
    CHECK(websocket.port == 0);
    CHECK(websocket.log == log_format::json);
    CHECK(websocket.allowed_origins.size() == 1);
    CHECK(producer.require_acks == acks::leader);
    CHECK(producer.partitioner_type == partitioner::keyed);
    CHECK_FALSE(producer.mq_interval);
    CHECK_FALSE(consumer.mq_interval);
    CHECK(consumer.from_offset == start_offset::none);
    CHECK(consumer.ssl);
    CHECK(consumer.fetch_max_wait == milliseconds{0});
    CHECK_FALSE(consumer.fetch_min_bytes);
    CHECK(consumer.retry_factor == 2.0);
    CHECK(consumer.protocol == std::vector<std::string>{"range", "roundrobin"});
  }

  TEST_CASE("without a file, or with an empty object, the defaults hold") {
    CHECK(lines(load({}).problems) == "");
    CHECK(lines(load_file("{}").problems) == "");
    CHECK(lines(load_file("{\"kafka_config\": {}}").problems) == "");
    CHECK(load({}).values.websocket.port == 3000);
  }

  TEST_CASE(
      "all problems come at once, each with place, path and what is "
      "allowed") {
    const auto loaded = load_file(R"({
      // two mistakes a section
      "kafka_config": {
        "kafkaHots": "a:1",
        "ssl": "yes"
      },
      "producer_config": {
        "mq_limit": 0,
        "partitionerType": 4
      },
      "consumer_confg": {}
    })");
    CHECK(lines(loaded.problems) ==
          "a.json:4: kafka_config.kafkaHots is not a known key; did you mean "
          "kafkaHost?\n"
          "a.json:5: kafka_config.ssl must be true or false, not \"yes\"\n"
          "a.json:8: producer_config.mq_limit must be a whole number from 1 to "
          "10000000 (messages), not 0\n"
          "a.json:9: producer_config.partitionerType must not be 4: a "
          "partitioner function of one's own cannot be given in a file; it "
          "must be a whole number from 0 to 3\n"
          "a.json:11: consumer_confg is not a section (kafka_config, "
          "websocket_config, producer_config, consumer_config); did you mean "
          "consumer_config?\n");
  }

  TEST_CASE("a key in the wrong place is sent to the right one") {
    CHECK(has(lines(load_file(R"({"port": 1})").problems),
              "did you mean websocket_config.port?"));
    CHECK(has(
        lines(load_file(R"({"producer_config": {"groupId": "g"}})").problems),
        "did you mean consumer_config.groupId?"));
    CHECK(has(
        lines(load_file(R"({"websocket_config": {"mq_limit": 1}})").problems),
        "producer_config.mq_limit or consumer_config.mq_limit?"));
    CHECK(has(
        lines(
            load_file(R"({"kafka_config": {"sasl.password": "x"}})").problems),
        "go into kafka_config.librdkafka"));
  }

  TEST_CASE("a key given twice is a problem") {
    const auto loaded =
        load_file("{\"websocket_config\": {\n\"port\": 1,\n\"port\": 2\n}}");
    CHECK(lines(loaded.problems) ==
          "a.json:3: websocket_config.port is given twice; first in line 2\n");
  }

  TEST_CASE(
      "keys without meaning give one notice when they say something "
      "else than kafka-node's samples") {
    struct example {
      std::string section, key, sample, other;
    };
    for (const auto& row :
         {example{"kafka_config", "autoConnect", "true", "false"},
          example{"kafka_config", "no_zookeeper_client", "true", "false"},
          example{"consumer_config", "connectOnReady", "true", "false"},
          example{"consumer_config", "migrateRolling", "true", "false"},
          example{"consumer_config", "migrateHLC", "false", ""},
          example{"consumer_config", "paused", "false", "true"},
          example{"consumer_config", "maxNumSegments", "1000", "5"},
          example{"consumer_config", "host", "", "\"zookeeper:2181\""}}) {
      CAPTURE(row.key);
      const auto with = [&](const std::string& content) {
        return load_file(std::string{"{\""}
                             .append(row.section)
                             .append("\": {\"")
                             .append(row.key)
                             .append("\": ")
                             .append(content)
                             .append("}}"));
      };
      if (!row.sample.empty()) {
        CHECK(lines(with(row.sample).notices) == "");
        CHECK(lines(with(row.sample).problems) == "");
      }
      if (!row.other.empty()) {
        const auto loaded = with(row.other);
        CHECK(lines(loaded.problems) == "");
        REQUIRE(loaded.notices.size() == 1);
        CHECK(loaded.notices[0].path == row.section + "." + row.key);
        CHECK(loaded.notices[0].where == "a.json:1");
      }
      CHECK(with("[]").problems.size() == 1);
    }
    CHECK(load_file(R"({"consumer_config": {"migrateHLC": true}})")
              .problems.size() == 1);
  }

  TEST_CASE("two sources that set one such key give one notice") {
    const auto loaded = load({"a.json",
                              R"({"kafka_config": {"autoConnect": false}})",
                              {"WSKAFKA_KAFKA_CONFIG_AUTOCONNECT=false"},
                              {}});
    CHECK(loaded.notices.size() == 1);
  }
}
