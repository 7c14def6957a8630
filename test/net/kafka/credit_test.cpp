#include "test/net/kafka/edge_fixture.hpp"

#include <doctest/doctest.h>

using namespace wskafka;
using namespace wskafka::kafka;
using test::fixture;

TEST_SUITE("net/kafka/credit") {
  TEST_CASE(
      "who has no credit is not polled, until what it holds is released") {
    fixture f;
    const std::string topic = f.new_topic();
    const std::string value(20'000, 'v');
    // The embedded broker keeps 5 MiB of a partition.
    std::vector<std::string> values(220, value);
    f.write(topic, 0, values);
    f.write(topic, 1, test::numbered(0, 100));
    auto member = f.join_at_start(test::unique_name("g"), topic);

    // The mark is a sixteenth of 64 MiB, the credit half of that.
    const auto stalled = f.book.open();
    const std::size_t credit = stalled->delivery_credit();
    REQUIRE(credit < values.size() * value.size());
    member.consumer->give({topic, 0}, stalled, 1);
    test::eventually([&] { return stalled->delivery_credit() == 0; });
    test::await_turn(member);
    const std::size_t held = stalled->held(net::direction::out);
    // Past the credit by one record at most.
    CHECK(held <= credit + value.size() + 200);

    // The other partition flows meanwhile, and its turns are also turns that
    // the stalled one does not get.
    const auto other = f.book.open();
    member.consumer->give({topic, 1}, other, 1);
    CHECK(test::read(*member.heard, 100, 1, 1, 1).values ==
          test::numbered(0, 100));
    f.write(topic, 1, test::numbered(100, 200));
    CHECK(test::read(*member.heard, 100, 1, 1, 1).values ==
          test::numbered(100, 200));
    CHECK(stalled->held(net::direction::out) == held);

    // Taking one releases it, and the rest comes.
    std::size_t count = 0;
    while (count < values.size())
      count += test::next_of(*member.heard, 0).batch->records.size();
    CHECK(count == values.size());
    CHECK(f.book.held(net::direction::out) == 0);
  }

  TEST_CASE("a credit of one byte brings one record, not a batch") {
    fixture f;
    const std::string topic = f.new_topic();
    f.write(topic, 0, test::numbered(0, 50));
    auto member = f.join_at_start(test::unique_name("g"), topic);
    const auto owner = f.book.open();
    net::charge other(owner, net::direction::out, owner->delivery_credit() - 1);
    // The mark sinks with what the process holds: look for what is left.
    while (owner->delivery_credit() > 1)
      other.merge(net::charge(owner, net::direction::out, 1));
    REQUIRE(owner->delivery_credit() <= 1);
    if (owner->delivery_credit() == 0)
      return;
    member.consumer->give({topic, 0}, owner, 1);
    const auto first = member.heard->next<fetched>();
    CHECK(first.batch->records.size() == 1);
  }

  TEST_CASE("a batch ends at the largest record, which goes alone") {
    auto options = test::test_options();
    options.websocket.max_record_out = 10'000;
    fixture f(options);
    const std::string topic = f.new_topic();
    const std::string large(50'000, 'x');
    f.write(topic, 0, {"a", "b", large, "c", "d"});
    auto member = f.join_at_start(test::unique_name("g"), topic);
    member.consumer->give({topic, 0}, f.book.open(), 1);
    std::vector<std::string> all;
    while (all.size() < 5) {
      const auto got = member.heard->next<fetched>();
      for (const protocol::record& r : got.batch->records) {
        all.emplace_back(got.batch->value(r));
        if (r.value_size == large.size())
          CHECK(got.batch->records.size() == 1);
      }
    }
    CHECK(all == std::vector<std::string>{"a", "b", large, "c", "d"});
  }

  TEST_CASE("a batch holds no more records than a tick may bring") {
    auto options = test::test_options();
    options.consumer.max_tick_messages = 7;
    fixture f(options);
    const std::string topic = f.new_topic();
    f.write(topic, 0, test::numbered(0, 100));
    auto member = f.join_at_start(test::unique_name("g"), topic);
    member.consumer->give({topic, 0}, f.book.open(), 1);
    std::size_t count = 0;
    while (count < 100) {
      const auto got = member.heard->next<fetched>();
      CHECK(got.batch->records.size() <= 7);
      count += got.batch->records.size();
    }
    CHECK(count == 100);
  }

  TEST_CASE("an owner that returns to a group is woken there again") {
    fixture f;
    const std::string topic = f.new_topic();
    f.write(topic, 0, std::vector<std::string>(220, std::string(20'000, 'v')));
    auto one = f.join_at_start(test::unique_name("g"), topic);
    auto two = f.join_at_start(test::unique_name("g"), topic);
    const auto owner = f.book.open();
    for (auto* member : {&one, &two, &one}) {
      // It holds all that it may, then moves on without having released it.
      member->consumer->seek({topic, 0}, 0, 5);
      member->consumer->give({topic, 0}, owner, 5);
      std::vector<fetched> kept;
      while (owner->delivery_credit() > 0)
        kept.push_back(member->heard->next<fetched>());
      kept.clear();
      CHECK(member->heard->next<fetched>().batch->records.size() > 0);
      member->consumer->give({topic, 0}, nullptr, 6);
      // Behind this nothing is polled for it any more.
      test::await_turn(*member);
      while (member->heard->all.size() > 0)
        member->heard->all.take();
      CHECK(owner->held(net::direction::out) == 0);
    }
  }
}
