#include "test/net/kafka/administrator.hpp"
#include "test/net/kafka/tail_fixture.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

using namespace wskafka;
using namespace wskafka::kafka;
using std::chrono::milliseconds;
using clock_type = std::chrono::steady_clock;
using test::administrator;
using test::broker;
using test::tail_fixture;

namespace {

rd_kafka_mock_cluster_t* cluster(tail_fixture& f) {
  return f.edge().embedded()->cluster();
}

void create(tail_fixture& f, const std::string& topic,
            std::optional<std::int32_t> partitions = std::nullopt) {
  new_topic one;
  one.name = topic;
  one.shape.partitions = partitions;
  test::arrivals<std::vector<create_outcome>> done;
  f.edge().create({one}, test::patience,
                  [&](std::vector<create_outcome> all) { done.add(all); });
  REQUIRE(!done.take()[0].error);
}

/// Until the list tells so many partitions.
void await_partitions(tail_fixture& f, const std::string& topic,
                      std::int32_t count) {
  test::eventually([&] {
    test::arrivals<std::int32_t> done;
    f.edge().refresh(test::patience, [&](auto list) {
      done.add(list ? (*list.value)->partitions.at(topic) : 0);
    });
    return done.take() == count;
  });
}

}  // namespace

/// Faults that only the embedded broker can be made to have.
TEST_SUITE("net/kafka/tails/faults") {
  TEST_CASE("a begin fails at its time-out when no broker answers") {
    tail_fixture f;
    if (f.real())
      return;
    const std::string topic = f.new_topic();
    const std::string before = f.new_topic();
    f.begin(before, 1);
    // It is there, but says nothing.
    rd_kafka_mock_broker_set_rtt(cluster(f), broker, 3'600'000);
    const auto began = clock_type::now();
    f.reader->begin(topic, 1, milliseconds(300));
    const auto failed = f.log->next<tail_failed>();
    CHECK(clock_type::now() - began >= milliseconds(300));
    CHECK(failed.topic == topic);
    CHECK(failed.fatal);
    CHECK(failed.why.retriable);
    CHECK((failed.why.code == "TIMEOUT" ||
           failed.why.code == "BROKER_UNAVAILABLE"));
    CHECK(f.log->all.size() == 0);
    f.reader->close(clock_type::now() + milliseconds(500));
    f.log->next<tails_closed>();
  }

  TEST_CASE("a begin waits for the broker, and what is read goes on") {
    tail_fixture f;
    if (f.real())
      return;
    const std::string one = f.new_topic();
    const std::string two = f.new_topic();
    f.begin(one, 1);
    f.write(one, 0, test::numbered(0, 100));
    CHECK(test::read(f, {one, 0}, 100, 0, 1) == test::numbered(0, 100));
    rd_kafka_mock_broker_set_down(cluster(f), broker);
    test::eventually([&] { return !f.edge().state().up; });
    f.reader->begin(two, 1, test::patience);
    rd_kafka_mock_broker_set_up(cluster(f), broker);
    CHECK(f.log->next<tail_started>().topic == two);
    f.write(one, 0, test::numbered(100, 200));
    f.write(two, 0, test::numbered(0, 100));
    CHECK(test::read(f, {one, 0}, 100, 100, 1) == test::numbered(100, 200));
    CHECK(test::read(f, {two, 0}, 100, 0, 1) == test::numbered(0, 100));
  }

  TEST_CASE("a refused question for the ends is asked again") {
    tail_fixture f;
    if (f.real())
      return;
    const std::string topic = f.new_topic();
    constexpr std::int16_t list_offsets = 2;
    rd_kafka_mock_push_request_errors(
        cluster(f), list_offsets, 2, RD_KAFKA_RESP_ERR_KAFKA_STORAGE_ERROR,
        RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED);
    f.begin(topic, 1);
    f.write(topic, 0, test::numbered(0, 10));
    CHECK(test::read(f, {topic, 0}, 10, 0, 1) == test::numbered(0, 10));
  }

  TEST_CASE("a reader closes by the deadline with a broker that is gone") {
    tail_fixture f;
    if (f.real())
      return;
    f.begin(f.new_topic(), 1);
    rd_kafka_mock_broker_set_down(cluster(f), broker);
    test::eventually([&] { return !f.edge().state().up; });
    f.reader->begin(test::unique_name("none"), 1, test::patience);
    f.reader->close(clock_type::now() + milliseconds(1000));
    f.log->next<tails_closed>();
    CHECK(f.payer->held(net::direction::out) == 0);
  }
}

/// What happens to the topics of a real cluster; the embedded one cannot.
TEST_SUITE("net/kafka/tails/changes") {
  TEST_CASE("new partitions are read from their first record") {
    tail_fixture f;
    if (!f.real())
      return;
    administrator admin;
    const std::string topic = f.new_topic();
    f.begin(topic, 1);
    admin.widen(topic, 5);
    await_partitions(f, topic, 5);
    const auto grown = f.log->next<tail_grown>();
    CHECK(grown.topic == topic);
    CHECK(grown.epoch == 1);
    REQUIRE(grown.starts.size() == 2);
    for (int p = 3; p < 5; ++p) {
      CHECK(grown.starts[p - 3].at == topic_partition{topic, p});
      CHECK(grown.starts[p - 3].offset == 0);
    }
    for (int p = 0; p < 5; ++p) {
      f.write(topic, p, test::numbered(0, 10));
      CHECK(test::read(f, {topic, p}, 10, 0, 1) == test::numbered(0, 10));
    }
    CHECK(f.log->all.size() == 0);
  }

  TEST_CASE("records that are deleted before they were read are told") {
    tail_fixture f;
    if (!f.real())
      return;
    administrator admin;
    const std::string topic = f.new_topic();
    const topic_partition at{topic, 0};
    f.begin(topic, 1);
    auto held = f.stall();
    // More than librdkafka fetches ahead.
    for (int i = 0; i < 60; ++i)
      f.write(topic, 0, std::vector<std::string>(10, std::string(20'000, 'v')));
    admin.delete_records(at, 595);
    held.clear();
    std::int64_t next = 0;
    while (next < 600) {
      const tail_event event = f.log->all.take();
      if (const auto* gap = std::get_if<tail_gap>(&event)) {
        CHECK(gap->from == next);
        CHECK(gap->to == 595);
        CHECK(!gap->truncated);
        next = gap->to;
      } else {
        for (const auto& r : std::get<tail_records>(event).what.batch->records)
          REQUIRE(r.offset == next++);
      }
    }
  }

  TEST_CASE("a topic that was deleted waits for the next of its name") {
    tail_fixture f;
    if (!f.real())
      return;
    administrator admin;
    const std::string topic = f.new_topic();
    const std::string other = f.new_topic();
    f.begin(topic, 1);
    f.begin(other, 1);
    f.write(topic, 0, test::numbered(0, 20));
    test::read(f, {topic, 0}, 20, 0, 1);
    admin.remove(topic);
    // Without a question of ours: the client meets it by itself.
    const auto gone = f.log->next<tail_failed>();
    CHECK(gone.topic == topic);
    CHECK(gone.why.code == "UNKNOWN_TOPIC_OR_PARTITION");
    CHECK(!gone.fatal);
    create(f, topic);
    // More than the old one held.
    f.write(topic, 0, test::numbered(100, 150));
    f.write(other, 0, test::numbered(0, 10));
    CHECK(test::read(f, {topic, 0}, 50, 0, 1) == test::numbered(100, 150));
    CHECK(test::read(f, {other, 0}, 10, 0, 1) == test::numbered(0, 10));
    for (int p = 0; p < 3; ++p) {
      const auto gap = f.log->next<tail_gap>();
      CHECK(gap.at == topic_partition{topic, p});
      CHECK(gap.from == (p == 0 ? 20 : 0));
      CHECK(gap.to == 0);
      CHECK(gap.truncated);
    }
    CHECK(f.log->all.size() == 0);
  }

  TEST_CASE("a topic created anew with fewer partitions has no others") {
    tail_fixture f;
    if (!f.real())
      return;
    administrator admin;
    const std::string topic = f.new_topic();
    f.begin(topic, 1);
    f.write(topic, 1, test::numbered(0, 20));
    test::read(f, {topic, 1}, 20, 0, 1);
    admin.remove(topic);
    create(f, topic, 1);
    const auto told = f.log->next<tail_shrunk>();
    CHECK(told.topic == topic);
    CHECK(told.epoch == 1);
    CHECK(told.partitions == 1);
    const auto gap = f.log->next<tail_gap>();
    CHECK(gap.at == topic_partition{topic, 0});
    CHECK(gap.truncated);
    f.write(topic, 0, test::numbered(0, 10));
    CHECK(test::read(f, {topic, 0}, 10, 0, 1) == test::numbered(0, 10));
    // Those that come later are new ones.
    admin.widen(topic, 2);
    await_partitions(f, topic, 2);
    const auto grown = f.log->next<tail_grown>();
    REQUIRE(grown.starts.size() == 1);
    CHECK(grown.starts[0].at == topic_partition{topic, 1});
    CHECK(grown.starts[0].offset == 0);
  }

  TEST_CASE(
      "a topic created anew before anybody saw it go is read from there") {
    tail_fixture f;
    if (!f.real())
      return;
    administrator admin;
    const std::string topic = f.new_topic();
    f.begin(topic, 1);
    f.write(topic, 0, test::numbered(0, 20));
    test::read(f, {topic, 0}, 20, 0, 1);
    admin.remove(topic);
    create(f, topic);
    f.write(topic, 0, test::numbered(100, 150));
    CHECK(test::read(f, {topic, 0}, 50, 0, 1) == test::numbered(100, 150));
    CHECK(f.log->next<tail_gap>().truncated);
    // And once it has been, the tail can be ended and begun.
    f.reader->end(topic);
    CHECK(f.begin(topic, 2).starts[0].offset == 50);
  }
}
