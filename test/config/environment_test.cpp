#include "test/config/loading.hpp"

#include <doctest/doctest.h>

using namespace wskafka::config;
using namespace wskafka::config::test;

TEST_SUITE("config/environment") {
  TEST_CASE("variables set options of every kind") {
    const auto loaded = load_environment(
        {"WSKAFKA_KAFKA_CONFIG_KAFKAHOST=a:1,b:2",
         "WSKAFKA_KAFKA_CONFIG_SSL=true", "WSKAFKA_WEBSOCKET_CONFIG_PORT=0",
         "WSKAFKA_WEBSOCKET_CONFIG_ALLOWED_ORIGINS=https://a, https://b",
         "WSKAFKA_PRODUCER_CONFIG_MQ_INTERVAL=null",
         "WSKAFKA_PRODUCER_CONFIG_REQUIREACKS=0",
         "WSKAFKA_CONSUMER_CONFIG_RETRYFACTOR=2.5",
         "WSKAFKA_CONSUMER_CONFIG_GROUPID=a=b"});
    REQUIRE(lines(loaded.problems) == "");
    CHECK(loaded.values.kafka.host == "a:1,b:2");
    CHECK(loaded.values.kafka.ssl);
    CHECK(loaded.values.websocket.port == 0);
    CHECK(loaded.values.websocket.allowed_origins ==
          std::vector<std::string>{"https://a", "https://b"});
    CHECK_FALSE(loaded.values.producer.mq_interval);
    CHECK(loaded.values.producer.require_acks == acks::none);
    CHECK(loaded.values.consumer.retry_factor == 2.5);
    CHECK(loaded.values.consumer.group_id == "a=b");
  }

  TEST_CASE("what follows LIBRDKAFKA_ is a property") {
    const auto loaded =
        load_environment({"WSKAFKA_KAFKA_CONFIG_LIBRDKAFKA_SASL_PASSWORD=p, =q",
                          "WSKAFKA_KAFKA_CONFIG_LIBRDKAFKA_LOG__LEVEL=7"});
    REQUIRE(lines(loaded.problems) == "");
    CHECK(loaded.values.kafka.librdkafka ==
          property_map{{"sasl.password", "p, =q"}, {"log_level", "7"}});
    CHECK(has(lines(load_environment(
                        {"WSKAFKA_CONSUMER_CONFIG_LIBRDKAFKA_GROUP_ID=g"})
                        .problems),
              "consumer_config.librdkafka.group.id"));
  }

  TEST_CASE("an empty variable is unset, and others' are not looked at") {
    const auto loaded = load_environment(
        {"WSKAFKA_WEBSOCKET_CONFIG_PORT=", "WSKAFKA_NONSENSE=", "PATH=/bin",
         "WSKAFKA_TEST_KAFKA=x:1", "", "=", "WSKAFKA_PORT", "wskafka_port=1",
         "WSKAFKATEST=1"});
    CHECK(lines(loaded.problems) == "");
    CHECK(loaded.values.websocket.port == 3000);
  }

  TEST_CASE("what Kubernetes sets for a service of our name is not looked at") {
    const auto loaded = load_environment(
        {"WSKAFKA_SERVICE_HOST=10.0.0.1", "WSKAFKA_SERVICE_PORT=3000",
         "WSKAFKA_SERVICE_PORT_WS=3000", "WSKAFKA_PORT=tcp://10.0.0.1:3000",
         "WSKAFKA_PORT_3000_TCP=tcp://10.0.0.1:3000",
         "WSKAFKA_PORT_3000_TCP_PROTO=tcp", "WSKAFKA_PORT_3000_TCP_PORT=3000",
         "WSKAFKA_PORT_3000_TCP_ADDR=10.0.0.1",
         "WSKAFKA_EU_PORT=udp://10.0.0.1:1"});
    CHECK(lines(loaded.problems) == "");
    CHECK(loaded.values.websocket.port == 3000);
    CHECK(load_environment({"WSKAFKA_PORT=3001"}).problems.size() == 1);
  }

  TEST_CASE("a text is UTF-8") {
    for (const char* given : {"WSKAFKA_CONSUMER_CONFIG_GROUPID=caf\xe9",
                              "WSKAFKA_KAFKA_CONFIG_KAFKAHOST=\xff:1"}) {
      CAPTURE(given);
      CHECK(load_environment({given}).problems.size() == 1);
    }
    CHECK(load_environment({"WSKAFKA_CONSUMER_CONFIG_GROUPID=caf\xc3\xa9"})
              .problems.empty());
  }

  TEST_CASE("an unknown variable is a problem with the nearest known one") {
    const auto told = [](const char* variable) {
      const auto loaded = load_environment({variable});
      REQUIRE(loaded.problems.size() == 1);
      return lines(loaded.problems);
    };
    CHECK(told("WSKAFKA_WEBSOCKET_CONFIG_PROT=1") ==
          "environment WSKAFKA_WEBSOCKET_CONFIG_PROT: is not a known variable; "
          "did you mean WSKAFKA_WEBSOCKET_CONFIG_PORT?\n");
    CHECK(has(told("WSKAFKA_KAFKA_CONFIG_LIBRDKAFKA=a"),
              "as in WSKAFKA_KAFKA_CONFIG_LIBRDKAFKA_SASL_USERNAME"));
    CHECK(has(told("WSKAFKA_KAFKA_KAFKAHOST=a"),
              "did you mean WSKAFKA_KAFKA_CONFIG_KAFKAHOST?"));
    CHECK(has(told("WSKAFKA_KAFKA_CONFIG_COLOUR=a"), "known variable\n"));
    CHECK(has(told("WSKAFKA_=a"), "is not a known variable\n"));
  }

  TEST_CASE("a value that does not fit names variable, path and bounds") {
    CHECK(lines(load_environment({"WSKAFKA_WEBSOCKET_CONFIG_PORT=http"})
                    .problems) ==
          "environment WSKAFKA_WEBSOCKET_CONFIG_PORT: websocket_config.port "
          "must be a whole number from 0 to 65535, not \"http\"\n");
  }
}

TEST_SUITE("config/command_line") {
  TEST_CASE("settings are read as from the environment") {
    const auto loaded =
        load_command_line({{"websocket_config", "port", "81"},
                           {"kafka_config", "kafkaHost", ""},
                           {"kafka_config", "librdkafka.sasl.username", "me"}});
    REQUIRE(lines(loaded.problems) == "");
    CHECK(loaded.values.websocket.port == 81);
    CHECK(loaded.values.kafka.librdkafka ==
          property_map{{"sasl.username", "me"}});
  }

  TEST_CASE("unknown keys and values that do not fit are problems") {
    const auto loaded = load_command_line({
        {"websocket_config", "prot", "81"},
        {"nowhere", "port", "81"},
        {"nowhere", "librdkafka.a", "81"},
        {"websocket_config", "librdkafka.a", "81"},
        {"websocket_config", "port", "-1"},
        {"kafka_config", "librdkafka", "sasl.password=hunter2"},
        {"kafka_config", "librdkafka.acks", "1"},
    });
    CHECK(loaded.problems.size() == 7);
    CHECK_FALSE(has(lines(loaded.problems), "hunter2"));
    CHECK(has(lines(loaded.problems),
              "command line: websocket_config.port must be"));
  }
}
