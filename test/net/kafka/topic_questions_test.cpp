#include "net/kafka/edge_impl.hpp"
#include "test/net/kafka/edge_fixture.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace wskafka::kafka;
using std::chrono::milliseconds;
using test::fixture;

namespace {

constexpr milliseconds long_enough(30'000);

create_outcome create(fixture& f, const std::string& topic,
                      const topic_shape& shape) {
  test::arrivals<std::vector<create_outcome>> done;
  f.edge().create({{topic, shape}}, long_enough,
                  [&](std::vector<create_outcome> all) { done.add(all); });
  const auto outcomes = done.take();
  REQUIRE(outcomes.size() == 1);
  CHECK(outcomes[0].topic == topic);
  return outcomes[0];
}

std::vector<create_outcome> remove(fixture& f,
                                   const std::vector<std::string>& names) {
  test::arrivals<std::vector<create_outcome>> done;
  f.edge().remove(names, long_enough,
                  [&](std::vector<create_outcome> all) { done.add(all); });
  return done.take();
}

result<topic_descriptions> describe(fixture& f,
                                    const std::vector<std::string>& names) {
  test::arrivals<result<topic_descriptions>> done;
  f.edge().describe(names, long_enough, [&](auto all) { done.add(all); });
  return done.take();
}

result<topic_offsets> offsets(fixture& f, const offsets_question& question) {
  test::arrivals<result<topic_offsets>> done;
  f.edge().offsets(question, long_enough, [&](auto all) { done.add(all); });
  return done.take();
}

topic_shape of_partitions(std::int32_t count) {
  topic_shape shape;
  shape.partitions = count;
  return shape;
}

/// The cluster answers the next request of this kind so.
void fail_next(fixture& f, std::int16_t api, rd_kafka_resp_err_t error) {
  rd_kafka_mock_push_request_errors(f.edge().embedded()->cluster(), api, 1,
                                    error);
}

constexpr std::int16_t list_offsets = 2;
constexpr std::int16_t offset_fetch = 9;

}  // namespace

TEST_SUITE("net/kafka/topic_questions") {
  TEST_CASE("a topic gets the partitions that are named, and is compared") {
    fixture f;
    const std::string topic = test::unique_name("shaped");
    CHECK(!create(f, topic, of_partitions(5)).error);
    CHECK(f.edge().topics()->partitions.at(topic) == 5);
    CHECK(!create(f, topic, of_partitions(5)).error);
    CHECK(!create(f, topic, {}).error);
    topic_shape both = of_partitions(5);
    both.replication_factor = 1;
    CHECK(!create(f, topic, both).error);
    const auto other = create(f, topic, of_partitions(4)).error;
    REQUIRE(other);
    CHECK(other->code == "TOPIC_ALREADY_EXISTS");
    CHECK(!other->retriable);
    CHECK(other->message ==
          "cannot create topic \"" + topic +
              "\": it exists with 5 partitions and a replication factor of 1.");
  }

  TEST_CASE("replicas and settings are the broker's to refuse") {
    fixture f;
    topic_shape shape;
    shape.replication_factor = 3;
    const auto few = create(f, test::unique_name("a"), shape).error;
    REQUIRE(few);
    CHECK(few->code == "INVALID_REPLICATION_FACTOR");
    shape = {};
    shape.config["no.such.setting"] = "1";
    const std::string topic = test::unique_name("b");
    const auto unknown = create(f, topic, shape).error;
    REQUIRE(unknown);
    CHECK(unknown->code == "INVALID_CONFIG");
    CHECK(!unknown->retriable);
    const auto none = describe(f, {topic});
    REQUIRE(none);
    CHECK(none.value->missing == std::vector<std::string>{topic});
    if (!f.real())
      return;  // The embedded broker takes no settings at all.
    shape.config = {{"retention.ms", "1000"}};
    CHECK(!create(f, topic, shape).error);
  }

  TEST_CASE("a description has the partitions in order, topics by name") {
    fixture f;
    const std::string b = test::unique_name("b");
    const std::string a = test::unique_name("a");
    REQUIRE(!create(f, b, of_partitions(2)).error);
    REQUIRE(!create(f, a, of_partitions(1)).error);
    const auto told = describe(f, {b, a});
    REQUIRE(told);
    CHECK(told.value->missing.empty());
    REQUIRE(told.value->topics.size() == 2);
    CHECK(told.value->topics[0].topic == a);
    const auto& partitions = told.value->topics[1].partitions;
    REQUIRE(partitions.size() == 2);
    for (std::int32_t p = 0; p < 2; ++p) {
      CHECK(partitions[p].partition == p);
      REQUIRE(partitions[p].leader);
      CHECK(partitions[p].replicas ==
            std::vector<std::int32_t>{*partitions[p].leader});
      CHECK(partitions[p].in_sync == partitions[p].replicas);
    }
  }

  TEST_CASE("what is missing is told, and not made") {
    fixture f;
    const std::string there = f.new_topic();
    const std::string none = test::unique_name("none");
    for (int i = 0; i < 2; ++i) {
      const auto told = describe(f, {there, none});
      REQUIRE(told);
      CHECK(told.value->missing == std::vector<std::string>{none});
      CHECK(told.value->topics.empty());
      const auto found = offsets(f, {{none, there}, 1, "g"});
      REQUIRE(found);
      CHECK(found.value->missing == std::vector<std::string>{none});
      CHECK(found.value->partitions.empty());
    }
    CHECK(f.edge().topics()->partitions.count(none) == 0);
  }

  TEST_CASE("offsets tell the ends, by partition") {
    fixture f;
    const std::string topic = f.new_topic();
    f.write(topic, 1, {"a", "b"});
    const auto found = offsets(f, {{topic}, {}, {}});
    REQUIRE(found);
    REQUIRE(found.value->partitions.size() == 3);
    for (std::int32_t p = 0; p < 3; ++p) {
      const partition_offsets& one = found.value->partitions[p];
      CHECK(one.at == topic_partition{topic, p});
      CHECK(one.earliest == 0);
      CHECK(one.latest == (p == 1 ? 2 : 0));
      CHECK_FALSE(one.of_time);
      CHECK_FALSE(one.committed);
    }
    const auto nothing = offsets(f, {{}, {}, "g"});
    REQUIRE(nothing);
    CHECK(nothing.value->partitions.empty());
  }

  TEST_CASE("the first record of a time, or the end") {
    fixture f;
    if (!f.real())
      return;  // The embedded broker has no index of times.
    const std::string topic = f.new_topic();
    f.write(topic, 1, {"a", "b"});
    const auto found = offsets(f, {{topic}, 1, {}});
    REQUIRE(found);
    CHECK(found.value->partitions.at(0).of_time == 0);
    CHECK(found.value->partitions.at(1).of_time == 0);
    const auto late = offsets(f, {{topic}, 9'999'999'999'999, {}});
    REQUIRE(late);
    CHECK(late.value->partitions.at(0).of_time == 0);
    CHECK(late.value->partitions.at(1).of_time == 2);
  }

  TEST_CASE("what a group has committed, whoever is its member") {
    fixture f;
    const std::string topic = f.new_topic();
    const std::string group = test::unique_name("g");
    f.write(topic, 1, {"a", "b", "c"});
    {
      auto member = f.join_at_start(group, topic);
      member.consumer->commit(1, {{{topic, 1}, 2}});
      CHECK(!member.heard->next<committed>().error);
      const auto found = offsets(f, {{topic}, {}, group});
      REQUIRE(found);
      CHECK(found.value->partitions.at(1).committed == 2);
      CHECK(found.value->partitions.at(1).latest == 3);
      CHECK_FALSE(found.value->partitions.at(0).committed);
      member.consumer->close(std::chrono::steady_clock::now() + test::patience);
      member.heard->next<consumer_closed>();
    }
    const auto found = offsets(f, {{topic}, {}, group});
    REQUIRE(found);
    CHECK(found.value->partitions.at(1).committed == 2);
    const auto nobody = offsets(f, {{topic}, {}, test::unique_name("none")});
    REQUIRE(nobody);
    CHECK_FALSE(nobody.value->partitions.at(1).committed);
  }

  TEST_CASE("a hundred questions at once are all answered") {
    fixture f;
    const std::string topic = f.new_topic();
    test::arrivals<result<topic_offsets>> done;
    for (int i = 0; i < 100; ++i)
      f.edge().offsets({{topic}, {}, i % 2 == 0 ? "g" : ""}, long_enough,
                       [&](auto all) { done.add(all); });
    for (int i = 0; i < 100; ++i) {
      const auto found = done.take();
      REQUIRE(found);
      CHECK(found.value->partitions.size() == 3);
    }
  }

  TEST_CASE("what the brokers refuse is told by Kafka's name") {
    fixture f;
    if (f.real())
      return;
    const std::string topic = f.new_topic();
    REQUIRE(offsets(f, {{topic}, {}, "g"}));
    fail_next(f, list_offsets, RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED);
    const auto log = offsets(f, {{topic}, {}, {}});
    REQUIRE_FALSE(log);
    CHECK(log.error.code == "TOPIC_AUTHORIZATION_FAILED");
    fail_next(f, offset_fetch, RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED);
    const auto group = offsets(f, {{topic}, {}, "g"});
    REQUIRE_FALSE(group);
    CHECK(group.error.code == "GROUP_AUTHORIZATION_FAILED");
    CHECK(offsets(f, {{topic}, {}, "g"}));
  }

  TEST_CASE("the embedded broker cannot delete") {
    fixture f;
    if (f.real())
      return;
    const std::string topic = f.new_topic();
    const auto outcomes = remove(f, {topic, "none"});
    REQUIRE(outcomes.size() == 2);
    CHECK(outcomes[0].topic == topic);
    REQUIRE(outcomes[0].error);
    CHECK(outcomes[0].error->code == "UNSUPPORTED_VERSION");
    CHECK(!outcomes[0].error->retriable);
    CHECK(f.edge().topics()->partitions.count(topic) == 1);
    CHECK(remove(f, {}).empty());
  }

  TEST_CASE("deleted topics are in no list, and may come again") {
    fixture f;
    if (!f.real())
      return;
    const std::string topic = f.new_topic();
    const std::string none = test::unique_name("none");
    for (int i = 0; i < 3; ++i) {
      f.write(topic, 0, {"a"});
      const auto outcomes = remove(f, {none, topic});
      REQUIRE(outcomes.size() == 2);
      REQUIRE(outcomes[0].error);
      CHECK(outcomes[0].error->code == "UNKNOWN_TOPIC_OR_PARTITION");
      CHECK(!outcomes[1].error);
      CHECK(f.edge().topics()->partitions.count(topic) == 0);
      CHECK(!create(f, topic, of_partitions(i + 1)).error);
      CHECK(f.edge().topics()->partitions.at(topic) == i + 1);
      const auto found = offsets(f, {{topic}, {}, {}});
      REQUIRE_MESSAGE(found, found.error.message);
      CHECK(found.value->partitions.at(0).latest == 0);
    }
    CHECK(remove(f, {}).empty());
  }
}
