#include "test/net/kafka/edge_fixture.hpp"

#include <doctest/doctest.h>

using namespace wskafka;
using namespace wskafka::kafka;
using std::chrono::milliseconds;
using clock_type = std::chrono::steady_clock;
using test::broker;
using test::fixture;

namespace {

void set_down(fixture& f) {
  rd_kafka_mock_broker_set_down(f.edge().embedded()->cluster(), broker);
}

void set_up(fixture& f) {
  rd_kafka_mock_broker_set_up(f.edge().embedded()->cluster(), broker);
}

}  // namespace

/// Faults that only the embedded broker can be made to have.
TEST_SUITE("net/kafka/broker_down") {
  TEST_CASE("records that time out are told once, and not written") {
    auto options = test::test_options();
    options.producer.publish_timeout = milliseconds(1000);
    fixture f(options);
    if (f.real())
      return;
    const std::string topic = f.new_topic();
    f.write(topic, 0, {"the broker is known"});
    set_down(f);
    auto batch = f.batch(topic, test::numbered(0, 10));
    f.publish(batch, 0);
    for (int i = 0; i < 10; ++i) {
      const auto told = f.failures->failed.take();
      CHECK(told.why.code == "TIMEOUT");
      CHECK(told.why.retriable);
    }
    test::eventually([&] { return batch->unreported == 0; });
    CHECK(f.failures->failed.size() == 0);
    CHECK(f.edge().producer().count().failed == 10);
    set_up(f);
    test::eventually([&] {
      const auto before = f.edge().producer().count();
      f.publish(f.batch(topic, {"it heals"}), 0);
      f.edge().producer().flush(clock_type::now() + test::patience);
      const auto after = f.edge().producer().count();
      return after.reported == before.reported + 1 &&
             after.failed == before.failed;
    });
  }

  TEST_CASE("a flush that cannot end purges, and tells") {
    fixture f;
    if (f.real())
      return;
    const std::string topic = f.new_topic();
    f.write(topic, 0, {"the broker is known"});
    set_down(f);
    auto batch = f.batch(topic, test::numbered(0, 100));
    f.publish(batch, 0);
    CHECK(!f.edge().producer().flush(clock_type::now() + milliseconds(100)));
    CHECK(batch->unreported == 0);
    CHECK(f.failures->failed.size() == 100);
    CHECK(f.failures->failed.take().why.code == "SHUTTING_DOWN");
  }

  TEST_CASE("the listener hears that the broker went and came, once each") {
    fixture f;
    if (f.real())
      return;
    CHECK(f.heard.states.take().up);
    set_down(f);
    const auto down = f.heard.states.take();
    CHECK(!down.up);
    CHECK(!down.last_error.empty());
    CHECK(!f.edge().state().up);
    set_up(f);
    CHECK(f.heard.states.take().up);
    CHECK(f.heard.states.size() == 0);
  }

  TEST_CASE("questions fail at their deadline, with a code of the protocol") {
    fixture f;
    if (f.real())
      return;
    f.new_topic();
    set_down(f);
    test::arrivals<failure> failures;
    f.edge().refresh(milliseconds(300),
                     [&](auto table) { failures.add(table.error); });
    f.edge().create(plain_topics({"a", "b"}), milliseconds(300),
                    [&](std::vector<create_outcome> all) {
                      for (const create_outcome& each : all)
                        failures.add(each.error.value_or(failure{}));
                    });
    auto member = f.join("g");
    member.consumer->find_starts(
        {{{"a", 0}, -1}}, milliseconds(300),
        [&](std::vector<start_answer> all) {
          failures.add(all[0].error.value_or(failure{}));
        });
    for (int i = 0; i < 4; ++i) {
      const auto why = failures.take();
      CHECK(why.retriable);
      CHECK((why.code == "TIMEOUT" || why.code == "BROKER_UNAVAILABLE"));
    }
  }

  TEST_CASE("a group that lost its broker closes by the deadline") {
    fixture f;
    if (f.real())
      return;
    const std::string topic = f.new_topic();
    auto member = f.join_at_start(test::unique_name("g"), topic);
    set_down(f);
    member.consumer->commit(1, {{{topic, 0}, 0}});
    member.consumer->close(clock_type::now() + milliseconds(1000));
    CHECK(member.heard->next<committed>().error);
    CHECK(member.heard->next<consumer_closed>().given_up);
    CHECK(member.heard->all.size() == 0);
  }

  TEST_CASE("what was given up long before does not make the stop unclean") {
    fixture f;
    if (f.real())
      return;
    auto member = f.join_at_start(test::unique_name("g"), f.new_topic());
    set_down(f);
    test::eventually([&] { return !f.edge().state().up; });
    member.consumer->close(clock_type::now() + test::patience);
    CHECK(member.heard->next<consumer_closed>().given_up);
    set_up(f);
    test::eventually([&] { return f.edge().state().up; });
    CHECK(f.stop(milliseconds(20'000)));
  }

  TEST_CASE("the edge stops by its deadline with a broker that is gone") {
    fixture f;
    if (f.real())
      return;
    const std::string topic = f.new_topic();
    auto member = f.join_at_start(test::unique_name("g"), topic);
    f.write(topic, 0, {"the broker is known"});
    set_down(f);
    f.publish(f.batch(topic, test::numbered(0, 10)), 0);
    test::arrivals<failure> failures;
    f.edge().refresh(milliseconds(60'000),
                     [&](auto table) { failures.add(table.error); });
    f.edge().describe({topic}, milliseconds(60'000),
                      [&](const auto& all) { failures.add(all.error); });
    f.edge().offsets({{topic}, {}, "g"}, milliseconds(60'000),
                     [&](const auto& all) { failures.add(all.error); });
    CHECK(!f.stop(milliseconds(500)));
    // Everything was told before it returned.
    CHECK(f.failures->failed.size() == 10);
    CHECK(failures.size() == 3);
    // Given up or closed: a member whose broker is known to be gone has nobody
    // to leave.
    CHECK(member.heard->all.size() == 1);
    member.heard->next<consumer_closed>();
    CHECK(f.book.held(net::direction::in) > 0);
    while (f.failures->failed.size() > 0)
      f.failures->failed.take();
    CHECK(f.book.held(net::direction::in) == 0);
  }

  TEST_CASE("a cluster that nobody can reach is no reason not to start") {
    auto options = test::test_options();
    // Nothing listens on the port of discarded packets.
    options.kafka.host = "127.0.0.1:9";
    fixture f(options);
    const auto down = f.heard.states.take();
    CHECK(!down.up);
    CHECK(down.name == "127.0.0.1:9");
    test::arrivals<failure> failures;
    f.edge().create(plain_topics({"a"}), milliseconds(100),
                    [&](std::vector<create_outcome> all) {
                      failures.add(all[0].error.value_or(failure{}));
                    });
    CHECK(failures.take().retriable);
    const milliseconds soon(100);
    f.edge().remove({"a", "b"}, soon, [&](std::vector<create_outcome> all) {
      for (const create_outcome& each : all)
        failures.add(each.error.value_or(failure{}));
    });
    f.edge().describe({"a"}, soon,
                      [&](const auto& all) { failures.add(all.error); });
    f.edge().offsets({{"a"}, 1, "g"}, soon,
                     [&](const auto& all) { failures.add(all.error); });
    for (int i = 0; i < 4; ++i) {
      const auto why = failures.take();
      CHECK(why.retriable);
      CHECK((why.code == "TIMEOUT" || why.code == "BROKER_UNAVAILABLE"));
    }
    auto member = f.join("g");
    member.consumer->subscribe({"a"});
    member.consumer->close(clock_type::now() + milliseconds(500));
    CHECK(member.heard->next<consumer_closed>().given_up);
    f.stop(milliseconds(500));
  }

  TEST_CASE("fetching goes on where it was when the broker comes back") {
    fixture f;
    if (f.real())
      return;
    const std::string topic = f.new_topic();
    f.write(topic, 0, test::numbered(0, 100));
    auto member = f.join_at_start(test::unique_name("g"), topic);
    member.consumer->give({topic, 0}, f.book.open(), 1);
    CHECK(test::read(*member.heard, 100, 1, 1).values ==
          test::numbered(0, 100));
    set_down(f);
    test::eventually([&] { return !f.edge().state().up; });
    set_up(f);
    f.write(topic, 0, test::numbered(100, 200));
    // Whether the session outlived it is a matter of time.
    std::vector<std::string> values;
    std::uint32_t epoch = 1;
    while (values.size() < 100) {
      group_event event = member.heard->all.take();
      if (const auto* got = std::get_if<fetched>(&event)) {
        for (const protocol::record& r : got->batch->records)
          values.emplace_back(got->batch->value(r));
      } else if (std::holds_alternative<revoked>(event)) {
        member.consumer->unassign();
      } else if (std::holds_alternative<assigned>(event)) {
        const auto next = static_cast<std::int64_t>(100 + values.size());
        member.consumer->assign({{{topic, 0}, next}}, ++epoch);
        member.consumer->give({topic, 0}, f.book.open(), 1);
      }
    }
    CHECK(values == test::numbered(100, 200));
  }
}
