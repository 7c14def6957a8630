#include "test/config/loading.hpp"

#include <doctest/doctest.h>

using namespace wskafka::config;
using namespace wskafka::config::test;

TEST_SUITE("config/seed") {
  TEST_CASE("the configuration this server replaces is taken as it is") {
    const auto loaded = load_file(R"({
      "kafka_config": {
        "kafkaHost": "localhost:9092", "clientId": "test-kafka-client-2",
        "connectTimeout": 1000, "requestTimeout": 60000, "autoConnect": true,
        "no_zookeeper_client": true
      },
      "websocket_config": {"port": 8080},
      "producer_config": {
        "requireAcks": 1, "ackTimeoutMs": 100, "partitionerType": 2,
        "mq_limit": 20000,
        "mq_interval": 200 //if null, then messages published immediately
      },
      "consumer_config": {
        "kafkaHost": "localhost:9092", "ssl": true,
        "groupId": "kafka-node-group", "autoCommit": true,
        "autoCommitIntervalMs": 500, "fetchMaxWaitMs": 100, "paused": false,
        "maxNumSegments": 1000, "fetchMinBytes": 1, "fetchMaxBytes": 1048576,
        "maxTickMessages": 1000, "fromOffset": "latest",
        "outOfRangeOffset": "earliest", "sessionTimeout": 30000, "retries": 10,
        "retryFactor": 1.8, "retryMinTimeout": 1000, "connectOnReady": true,
        "migrateHLC": false, "migrateRolling": true,
        "protocol": ["roundrobin"], "mq_limit": 5000, "mq_interval": 50
      }
    })");
    REQUIRE(lines(loaded.problems) == "");
    CHECK(lines(loaded.notices) == "");
    const auto& [kafka, websocket, producer, consumer] = loaded.values;
    CHECK(kafka.host == "localhost:9092");
    CHECK(kafka.client_id == "test-kafka-client-2");
    CHECK(kafka.connect_timeout == milliseconds{1000});
    CHECK(kafka.request_timeout == milliseconds{60000});
    CHECK(websocket.port == 8080);
    CHECK(producer.require_acks == acks::leader);
    CHECK(producer.ack_timeout == milliseconds{100});
    CHECK(producer.partitioner_type == partitioner::cyclic);
    CHECK(producer.mq_limit == 20000);
    CHECK(producer.mq_interval == milliseconds{200});
    CHECK(consumer.host == "localhost:9092");
    CHECK(consumer.ssl);
    CHECK(consumer.group_id == "kafka-node-group");
    CHECK(consumer.auto_commit);
    CHECK(consumer.auto_commit_interval == milliseconds{500});
    CHECK(consumer.fetch_max_wait == milliseconds{100});
    CHECK(consumer.fetch_min_bytes == 1);
    CHECK(consumer.fetch_max_bytes == 1024 * 1024);
    CHECK(consumer.max_tick_messages == 1000);
    CHECK(consumer.from_offset == start_offset::latest);
    CHECK(consumer.out_of_range_offset == start_offset::earliest);
    CHECK(consumer.session_timeout == milliseconds{30000});
    CHECK(consumer.retries == 10);
    CHECK(consumer.retry_factor == 1.8);
    CHECK(consumer.retry_min_timeout == milliseconds{1000});
    CHECK(consumer.protocol == std::vector<std::string>{"roundrobin"});
    CHECK(consumer.mq_limit == 5000);
    CHECK(consumer.mq_interval == milliseconds{50});
  }
}
