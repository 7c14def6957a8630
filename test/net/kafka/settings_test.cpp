#include "net/kafka/settings.hpp"

#include "test/net/kafka/edge_fixture.hpp"

#include <doctest/doctest.h>

using namespace wskafka;
using namespace wskafka::kafka;
using std::chrono::milliseconds;

namespace {

const cluster_address brokers{"a:1", "b:2", false};

std::string open_error(const config::options& options) {
  test::broker_events heard;
  const auto opened = edge::open(options, heard);
  return opened ? std::string() : opened.error.message;
}

}  // namespace

TEST_SUITE("net/kafka/settings") {
  TEST_CASE("acknowledged by all means idempotent, by fewer one in flight") {
    config::options o;
    auto p = producer_properties(o, brokers);
    CHECK(p.at("acks") == "-1");
    CHECK(p.at("enable.idempotence") == "true");
    CHECK(p.count("max.in.flight.requests.per.connection") == 0);
    for (const auto acks : {config::acks::leader, config::acks::none}) {
      o.producer.require_acks = acks;
      p = producer_properties(o, brokers);
      CHECK(p.at("enable.idempotence") == "false");
      CHECK(p.at("max.in.flight.requests.per.connection") == "1");
    }
    CHECK(p.at("acks") == "0");
  }

  TEST_CASE("the wait before a request follows the buffer's") {
    config::options o;
    CHECK(producer_properties(o, brokers).at("linger.ms") == "5");
    o.producer.mq_interval = milliseconds(20);
    CHECK(producer_properties(o, brokers).at("linger.ms") == "2");
    o.producer.mq_interval = std::nullopt;
    CHECK(producer_properties(o, brokers).at("linger.ms") == "0");
  }

  TEST_CASE("socket time-outs follow the request's, 15 seconds at most") {
    config::options o;
    CHECK(admin_properties(o, brokers).at("socket.timeout.ms") == "15000");
    o.kafka.request_timeout = milliseconds(4000);
    CHECK(admin_properties(o, brokers).at("socket.timeout.ms") == "4000");
  }

  TEST_CASE("consumers commit and reset nothing by themselves") {
    config::options o;
    auto p = consumer_properties(o, brokers, "g", {});
    CHECK(p.at("bootstrap.servers") == "b:2");
    CHECK(p.at("group.id") == "g");
    CHECK(p.at("enable.auto.commit") == "false");
    CHECK(p.at("enable.auto.offset.store") == "false");
    CHECK(p.at("allow.auto.create.topics") == "false");
    CHECK(p.at("isolation.level") == "read_committed");
    CHECK(p.at("auto.offset.reset") == "error");
    o.consumer.read_committed = false;
    o.consumer.protocol = {"range", "roundrobin"};
    p = consumer_properties(o, brokers, "g", {});
    CHECK(p.at("isolation.level") == "read_uncommitted");
    CHECK(p.at("partition.assignment.strategy") == "range,roundrobin");
  }

  TEST_CASE("each setting of kafka-node becomes librdkafka's own") {
    config::options o;
    o.kafka.client_id = "me";
    o.kafka.connect_timeout = milliseconds(2000);
    o.kafka.request_timeout = milliseconds(9000);
    o.producer.ack_timeout = milliseconds(100);
    o.producer.publish_timeout = milliseconds(20'000);
    o.consumer.session_timeout = milliseconds(40'000);
    o.consumer.retry_min_timeout = milliseconds(500);
    o.consumer.retry_factor = 1.5;
    o.consumer.retries = 4;
    o.consumer.fetch_min_bytes = 7;
    const auto producer = producer_properties(o, brokers);
    const auto admin = admin_properties(o, brokers);
    const auto consumer = consumer_properties(o, brokers, "g", {});
    // Its default is what we want, and librdkafka would warn.
    CHECK(admin.count("isolation.level") == 0);
    o.consumer.read_committed = false;
    CHECK(admin_properties(o, brokers).at("isolation.level") ==
          "read_uncommitted");
    o.consumer.read_committed = true;

    using rows = std::vector<std::pair<std::string, std::string>>;
    const auto expect = [](const config::property_map& all, const rows& some) {
      for (const auto& [name, value] : some) {
        CAPTURE(name);
        CHECK(all.at(name) == value);
      }
    };
    for (const auto* all : {&producer, &admin, &consumer})
      expect(*all, {{"client.id", "me"},
                    {"socket.connection.setup.timeout.ms", "2000"},
                    {"socket.timeout.ms", "9000"}});
    expect(producer, {{"bootstrap.servers", "a:1"},
                      {"request.timeout.ms", "100"},
                      {"message.timeout.ms", "20000"}});
    expect(consumer, {{"session.timeout.ms", "40000"},
                      {"heartbeat.interval.ms", "1000"},
                      {"max.poll.interval.ms", "300000"},
                      {"reconnect.backoff.ms", "500"},
                      // 500 * 1.5 * 1.5 * 1.5
                      {"reconnect.backoff.max.ms", "1687"},
                      {"fetch.min.bytes", "7"}});
  }

  TEST_CASE("the ends of what the settings become") {
    config::options o;
    const auto of = [&](const char* name) {
      return consumer_properties(o, brokers, "g", {}).at(name);
    };
    CHECK(of("fetch.min.bytes") == "1");
    // Ten seconds at most, but never below the first pause.
    CHECK(of("reconnect.backoff.max.ms") == "10000");
    o.consumer.retry_min_timeout = milliseconds(15'000);
    CHECK(of("reconnect.backoff.max.ms") == "15000");
    o.consumer.retry_min_timeout = milliseconds(1000);
    o.consumer.retries = 0;
    CHECK(of("reconnect.backoff.max.ms") == "1000");
    // Three heartbeats fit a session, which is no longer than a poll's limit.
    o.consumer.session_timeout = milliseconds(2400);
    CHECK(of("heartbeat.interval.ms") == "800");
    o.consumer.session_timeout = milliseconds(400'000);
    CHECK(of("max.poll.interval.ms") == "400000");
  }

  TEST_CASE("what only the embedded broker gets") {
    const config::options o;
    const auto p = consumer_properties(o, {"a:1", "a:1", true}, "g", {});
    CHECK(p.at("allow.auto.create.topics") == "true");
    CHECK(p.at("session.timeout.ms") == "3000");
    CHECK(p.at("heartbeat.interval.ms") == "300");
    CHECK(p.at("fetch.wait.max.ms") == "10");
  }

  TEST_CASE("TLS for all roles, or for consumers alone") {
    config::options o;
    o.consumer.ssl = true;
    CHECK(producer_properties(o, brokers).count("security.protocol") == 0);
    CHECK(consumer_properties(o, brokers, "g", {}).at("security.protocol") ==
          "ssl");
    o.consumer.ssl = false;
    o.kafka.ssl = true;
    CHECK(producer_properties(o, brokers).at("security.protocol") == "ssl");
    CHECK(consumer_properties(o, brokers, "g", {}).at("security.protocol") ==
          "ssl");
  }

  TEST_CASE("librdkafka takes every setting of ours, for every role") {
    const config::options o;
    CHECK(make_producer(o, brokers));
    CHECK(make_admin(o, brokers));
    // Without an address: closing one that looks for its group would wait.
    CHECK(make_consumer(o, {}, "g", {}));
  }

  TEST_CASE("a wrong property of a librdkafka map is named with its section") {
    config::options o;
    o.producer.librdkafka["linger.mss"] = "1";
    CHECK(open_error(o).find("producer_config.librdkafka.linger.mss") == 0);
    o = {};
    o.consumer.librdkafka["fetch.min.bytes"] = "many";
    CHECK(open_error(o).find("consumer_config.librdkafka.fetch.min.bytes") ==
          0);
    o = {};
    o.kafka.librdkafka["client.rackk"] = "x";
    CHECK(open_error(o).find("kafka_config.librdkafka.client.rackk") == 0);
  }

  TEST_CASE("what librdkafka finds only when a consumer is made, open finds") {
    config::options o;
    o.consumer.librdkafka["max.poll.interval.ms"] = "1000";
    CHECK(open_error(o).find("max.poll.interval.ms") != std::string::npos);
  }

  TEST_CASE("the role's own property lies over the common one") {
    config::options o;
    o.kafka.librdkafka["sasl.username"] = "all";
    CHECK(find_property(o, {}, "sasl.username") == "all");
    CHECK(find_property(o, {{"sasl.username", "own"}}, "sasl.username") ==
          "own");
    CHECK(find_property(o, {}, "sasl.password").empty());
  }
}
