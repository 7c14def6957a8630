#include "net/kafka/edge_impl.hpp"
#include "test/net/kafka/edge_fixture.hpp"

#include <doctest/doctest.h>

#include <atomic>

using namespace wskafka::kafka;
using std::chrono::milliseconds;
using test::fixture;

namespace {

std::vector<create_outcome> create(fixture& f,
                                   const std::vector<std::string>& names) {
  test::arrivals<std::vector<create_outcome>> done;
  f.edge().create(plain_topics(names), milliseconds(30'000),
                  [&](std::vector<create_outcome> all) { done.add(all); });
  return done.take();
}

result<std::shared_ptr<const topic_table>> refresh(fixture& f) {
  test::arrivals<result<std::shared_ptr<const topic_table>>> done;
  f.edge().refresh(milliseconds(30'000), [&](auto table) { done.add(table); });
  return done.take();
}

}  // namespace

TEST_SUITE("net/kafka/topics") {
  TEST_CASE("created topics are in the list, with their partitions") {
    fixture f;
    const std::string a = test::unique_name("a");
    const std::string b = test::unique_name("b");
    const auto outcomes = create(f, {b, a, b});
    REQUIRE(outcomes.size() == 3);
    CHECK(outcomes[0].topic == b);
    CHECK(outcomes[1].topic == a);
    CHECK(outcomes[2].topic == b);
    for (const create_outcome& outcome : outcomes)
      CHECK(!outcome.error);
    // The list knew them before the answer came.
    const auto table = f.edge().topics();
    CHECK(table->partitions.at(a) == 3);
    CHECK(table->partitions.at(b) == 3);
    CHECK(f.edge().topics_version() == table->version);
  }

  TEST_CASE("a topic that exists is created with success, and not changed") {
    fixture f;
    const std::string topic = f.new_topic();
    REQUIRE(refresh(f));
    const auto version = f.edge().topics_version();
    const auto outcomes = create(f, {topic});
    REQUIRE(outcomes.size() == 1);
    CHECK(!outcomes[0].error);
    CHECK(f.edge().topics_version() == version);
  }

  TEST_CASE("the version grows with the list, and with nothing else") {
    fixture f;
    REQUIRE(refresh(f));
    const auto before = f.edge().topics_version();
    REQUIRE(refresh(f));
    CHECK(f.edge().topics_version() == before);
    f.new_topic();
    CHECK(f.edge().topics_version() > before);
  }

  TEST_CASE("a hundred questions at once are all answered") {
    fixture f;
    const std::string topic = f.new_topic();
    test::arrivals<result<std::shared_ptr<const topic_table>>> done;
    for (int i = 0; i < 100; ++i)
      f.edge().refresh(milliseconds(30'000),
                       [&](auto table) { done.add(table); });
    for (int i = 0; i < 100; ++i) {
      const auto table = done.take();
      REQUIRE(table);
      CHECK((*table.value)->partitions.count(topic) == 1);
    }
  }

  TEST_CASE("no names, no failures") {
    fixture f;
    CHECK(create(f, {}).empty());
  }

  TEST_CASE("a name that Kafka does not take fails alone") {
    fixture f;
    if (!f.real())
      return;  // The embedded broker takes any name.
    const std::string good = test::unique_name("good");
    const auto outcomes = create(f, {"not/a/name", good});
    REQUIRE(outcomes.size() == 2);
    REQUIRE(outcomes[0].error);
    CHECK(outcomes[0].error->code == "INVALID_TOPIC_EXCEPTION");
    CHECK(!outcomes[0].error->retriable);
    CHECK(!outcomes[1].error);
  }

  TEST_CASE("the broker is up once it answered, and the listener is told") {
    fixture f;
    const auto state = f.heard.states.take();
    CHECK(state.up);
    CHECK(f.edge().state().up);
    if (!f.real())
      CHECK(state.name == "embedded");
    // Producer and admin.
    CHECK(f.edge().state().handles == 2);
  }

  TEST_CASE("after a stop the list is still there, and nobody is called") {
    fixture f;
    const std::string topic = f.new_topic();
    f.stop(milliseconds(5000));
    std::atomic<int> calls{0};
    f.edge().refresh(milliseconds(1), [&](auto) { ++calls; });
    f.edge().create(plain_topics({"a"}), milliseconds(1),
                    [&](auto) { ++calls; });
    f.edge().remove({"a"}, milliseconds(1), [&](auto) { ++calls; });
    f.edge().describe({"a"}, milliseconds(1), [&](auto) { ++calls; });
    f.edge().offsets({{"a"}, {}, "g"}, milliseconds(1), [&](auto) { ++calls; });
    CHECK(f.edge().topics()->partitions.count(topic) == 1);
    CHECK((f.edge().producer().topic("new") != nullptr));
    CHECK(calls == 0);
  }
}
