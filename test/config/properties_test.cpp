#include "config/properties.hpp"

#include "config/table.hpp"
#include "test/config/loading.hpp"

#include <doctest/doctest.h>

using namespace wskafka::config;
using namespace wskafka::config::test;

TEST_SUITE("config/properties") {
  TEST_CASE("what would undo a promise is refused with the setting instead") {
    const std::vector<std::pair<std::string, std::string>> refused = {
        {"group.id", "consumer_config.groupId"},
        {"group.instance.id", "memberships"},
        {"enable.auto.commit", "consumer_config.autoCommit"},
        {"auto.commit.enable", "consumer_config.autoCommit"},
        {"enable.auto.offset.store", "consumer_config.autoCommit"},
        {"auto.offset.reset", "consumer_config.outOfRangeOffset"},
        {"isolation.level", "consumer_config.read_committed"},
        {"acks", "producer_config.requireAcks"},
        {"request.required.acks", "producer_config.requireAcks"},
        {"enable.idempotence", "producer_config.requireAcks"},
        {"transactional.id", "transactions"},
        {"max.in.flight", "producer_config.requireAcks"},
        {"max.in.flight.requests.per.connection",
         "producer_config.requireAcks"},
        {"allow.auto.create.topics", "kafka_config.auto_create_topics"},
        {"bootstrap.servers", "kafka_config.kafkaHost"},
        {"metadata.broker.list", "kafka_config.kafkaHost"},
        {"queue.buffering.max.messages", "websocket_config.process_in_bytes"},
        {"queue.buffering.max.kbytes", "websocket_config.process_in_bytes"},
        {"test.mock.num.brokers", "kafka_config.kafkaHost"},
        {"queuing.strategy", "order"},
        {"queued.min.messages", "consumer_config.prefetch_budget"},
        {"queued.max.messages.kbytes", "consumer_config.prefetch_budget"},
        {"fetch.message.max.bytes", "consumer_config.fetchMaxBytes"},
        {"max.partition.fetch.bytes", "consumer_config.fetchMaxBytes"},
    };
    for (const std::string section :
         {"kafka_config", "producer_config", "consumer_config"})
      for (const auto& row : refused) {
        const std::string& name = row.first;
        CAPTURE(name);
        const auto loaded =
            load_file("{\"" + section + "\": {\"librdkafka\": {\n\"" + name +
                      "\": \"1\"}}}");
        REQUIRE(loaded.problems.size() == 1);
        CHECK(loaded.problems[0].where == "a.json:2");
        CHECK(loaded.problems[0].path == section + ".librdkafka." + name);
        CHECK(has(loaded.problems[0].text, row.second));
      }
  }

  TEST_CASE("every setting named as the one to use exists") {
    for (const char* name :
         {"group.id", "acks", "auto.offset.reset", "isolation.level",
          "bootstrap.servers", "queue.buffering.max.kbytes", "max.in.flight",
          "allow.auto.create.topics", "enable.auto.commit",
          "enable.idempotence", "queued.min.messages",
          "fetch.message.max.bytes"}) {
      const std::string text = refuse_property(name, {std::string{"1"}});
      bool found = false;
      for (const auto& each : table())
        found = found || has(text, path_of(each));
      CAPTURE(text);
      CHECK(found);
    }
  }

  TEST_CASE("only range and roundrobin are taken as assignment strategies") {
    const auto refused = [](const char* text) {
      return !refuse_property("partition.assignment.strategy",
                              {std::string{text}})
                  .empty();
    };
    CHECK_FALSE(refused("range"));
    CHECK_FALSE(refused("range,roundrobin"));
    CHECK(refused("cooperative-sticky"));
    CHECK(refused("range,cooperative-sticky"));
    CHECK(refused("range,"));
    CHECK(refused(""));
  }

  TEST_CASE("texts, numbers and flags are passed on as texts") {
    const auto loaded = load_file(
        R"({"producer_config": {"librdkafka": {"compression.codec": "lz4",
            "linger.ms": 0.5, "batch.size": 65536, "queue.buffering.max.ms": 2,
            "socket.nagle.disable": true, "ssl.key.pem": "a\nb"}}})");
    REQUIRE(lines(loaded.problems) == "");
    CHECK(loaded.values.producer.librdkafka ==
          property_map{{"compression.codec", "lz4"},
                       {"linger.ms", "0.5"},
                       {"batch.size", "65536"},
                       {"queue.buffering.max.ms", "2"},
                       {"socket.nagle.disable", "true"},
                       {"ssl.key.pem", "a\nb"}});
    CHECK(loaded.values.kafka.librdkafka.empty());
    CHECK(loaded.values.consumer.librdkafka.empty());
  }

  TEST_CASE("anything else is refused, and never repeated") {
    for (const std::string content :
         {"null", "[\"hunter2\"]", "{\"a\": \"hunter2\"}",
          "\"hunter2\\u0000\""}) {
      CAPTURE(content);
      const auto loaded = load_file(
          "{\"kafka_config\": {\"librdkafka\": {\"sasl.password\": " + content +
          "}}}");
      REQUIRE(loaded.problems.size() == 1);
      CHECK_FALSE(has(lines(loaded.problems), "hunter2"));
    }
    const auto loaded =
        load_file(R"({"kafka_config": {"librdkafka": "p=hunter2"}})");
    REQUIRE(loaded.problems.size() == 1);
    CHECK_FALSE(has(lines(loaded.problems), "hunter2"));
    CHECK(refuse_property("", {true}) != "");
    CHECK(refuse_property({"a\0b", 3}, {true}) != "");
  }

  TEST_CASE("secrets are known by their names") {
    for (const char* name :
         {"sasl.password", "ssl.key.password", "ssl.keystore.password",
          "ssl.key.pem", "ssl_key", "sasl.oauthbearer.client.secret",
          "sasl.oauthbearer.config", "sasl.jaas.config", "SASL.PASSWORD",
          "sasl.oauthbearer.token.endpoint.url"})
      CHECK_MESSAGE(is_secret(name), name);
    for (const char* name : {"sasl.username", "ssl.ca.location", "linger.ms"})
      CHECK_MESSAGE(!is_secret(name), name);
  }
}
