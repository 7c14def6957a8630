#include "net/kafka/group_handle.hpp"
#include "test/net/kafka/edge_fixture.hpp"

#include <doctest/doctest.h>

#include <set>

using namespace wskafka;
using namespace wskafka::kafka;
using test::fixture;

namespace {

/// What a member of a group holds, and the epoch it holds it under.
struct holding {
  fixture::member member;
  std::uint32_t epoch = 0;
  std::vector<topic_partition> partitions;

  /// Answers what has been heard of the group's rebalances.
  void follow() {
    while (member.heard->all.size() > 0) {
      const group_event heard = member.heard->all.take();
      if (const auto* now = std::get_if<assigned>(&heard)) {
        partitions = now->partitions;
        member.consumer->assign(test::at_first(partitions), ++epoch);
      } else if (std::holds_alternative<revoked>(heard)) {
        partitions.clear();
        member.consumer->unassign();
      }
    }
  }
};

/// A member that is to read three partitions of five records each: the first
/// and the last where there is nothing.
fixture::member join_beyond(fixture& f, const std::string& topic) {
  for (int p = 0; p < 3; ++p)
    f.write(topic, p, test::numbered(0, 5));
  auto member = f.join(test::unique_name("g"));
  member.consumer->subscribe({topic});
  member.heard->next<assigned>();
  member.consumer->assign(
      {{{topic, 0}, 777}, {{topic, 1}, 5}, {{topic, 2}, 778}}, 1);
  return member;
}

}  // namespace

TEST_SUITE("net/kafka/group") {
  TEST_CASE("records of each partition come in order, charged to its owner") {
    fixture f;
    const std::string topic = f.new_topic();
    for (int p = 0; p < 3; ++p)
      f.write(topic, p, test::numbered(p * 1000, p * 1000 + 500));
    auto member = f.join_at_start(test::unique_name("g"), topic);
    const auto owner = f.book.open();
    for (int p = 0; p < 3; ++p) {
      const auto epoch = static_cast<std::uint32_t>(10 + p);
      member.consumer->give({topic, p}, owner, epoch);
      auto got = test::read(*member.heard, 500, 1, epoch);
      CHECK(got.values == test::numbered(p * 1000, p * 1000 + 500));
      for (std::size_t i = 0; i < got.offsets.size(); ++i)
        CHECK(got.offsets[i] == static_cast<std::int64_t>(i));
      for (const auto& held : got.held)
        CHECK(held.bytes() > 0);
      CHECK(owner->held(net::direction::out) > 0);
      got.held.clear();
      CHECK(owner->held(net::direction::out) == 0);
    }
    const auto ends = member.consumer->ends();
    CHECK(ends.size() == 3);
    for (const position& end : ends)
      CHECK(end.offset == 500);
    member.consumer->close(std::chrono::steady_clock::now() + test::patience);
    CHECK(!member.heard->next<consumer_closed>().given_up);
    CHECK(f.book.held(net::direction::out) == 0);
  }

  TEST_CASE("given to another owner and set back, nothing is lost by epoch") {
    fixture f;
    const std::string topic = f.new_topic();
    f.write(topic, 0, test::numbered(0, 2000));
    auto member = f.join_at_start(test::unique_name("g"), topic);
    const topic_partition at{topic, 0};
    member.consumer->give(at, f.book.open(), 1);
    std::size_t first = 0;
    while (first < 300)
      first += member.heard->next<fetched>().batch->records.size();
    // The first owner goes; the second starts at the first unconfirmed record.
    member.consumer->give(at, nullptr, 2);
    member.consumer->seek(at, 100, 2);
    member.consumer->give(at, f.book.open(), 3);
    std::vector<std::string> second;
    while (second.size() < 1900) {
      const auto got = member.heard->next<fetched>();
      if (got.batch->fetch_epoch == 1) {
        CHECK(got.owner_epoch == 1);
        continue;
      }
      REQUIRE(got.batch->fetch_epoch == 2);
      REQUIRE(got.owner_epoch == 3);
      for (const protocol::record& r : got.batch->records)
        second.emplace_back(got.batch->value(r));
    }
    CHECK(second == test::numbered(100, 2000));
  }

  TEST_CASE("a seek right behind the assignment is not lost") {
    fixture f;
    const std::string topic = f.new_topic();
    f.write(topic, 1, test::numbered(0, 50));
    auto member = f.join_at_start(test::unique_name("g"), topic);
    member.consumer->seek({topic, 1}, 40, 7);
    member.consumer->give({topic, 1}, f.book.open(), 1);
    CHECK(test::read(*member.heard, 10, 7, 1).values == test::numbered(40, 50));
    // And forward, over records that were fetched already.
    member.consumer->seek({topic, 1}, 49, 8);
    CHECK(test::read(*member.heard, 1, 8, 1).values == test::numbered(49, 50));
  }

  TEST_CASE("what is not committed is told of each partition") {
    fixture f;
    if (f.real())
      return;
    const std::string topic = f.new_topic();
    auto member = f.join_at_start(test::unique_name("g"), topic);
    constexpr std::int16_t offset_commit = 8;
    rd_kafka_mock_push_request_errors(
        f.edge().embedded()->cluster(), offset_commit, 1,
        RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED);
    member.consumer->commit(1, {{{topic, 0}, 1}, {{topic, 2}, 1}});
    const auto refused = member.heard->next<committed>();
    REQUIRE(refused.error);
    CHECK(refused.error->code == "TOPIC_AUTHORIZATION_FAILED");
    REQUIRE(refused.refused.size() == 2);
    CHECK(refused.refused.at({topic, 0}).code == "TOPIC_AUTHORIZATION_FAILED");
    CHECK(refused.refused.count({topic, 2}) == 1);
    member.consumer->commit(2, {{{topic, 0}, 1}});
    const auto done = member.heard->next<committed>();
    CHECK_FALSE(done.error);
    CHECK(done.refused.empty());
  }

  TEST_CASE("what one member committed is where the next one starts") {
    fixture f;
    const std::string topic = f.new_topic();
    f.write(topic, 0, test::numbered(0, 100));
    const std::string group = test::unique_name("g");
    {
      auto member = f.join_at_start(group, topic);
      member.consumer->commit(5, {{{topic, 0}, 60}, {{topic, 1}, 0}});
      const auto done = member.heard->next<committed>();
      CHECK(done.id == 5);
      CHECK(!done.error);
      CHECK(done.positions.size() == 2);
      // Also backwards.
      member.consumer->commit(6, {{{topic, 0}, 42}});
      CHECK(!member.heard->next<committed>().error);
      member.consumer->commit(7, {});
      CHECK(member.heard->next<committed>().id == 7);
      member.consumer->close(std::chrono::steady_clock::now() + test::patience);
      CHECK(!member.heard->next<consumer_closed>().given_up);
    }
    auto member = f.join(group);
    member.consumer->subscribe({topic});
    REQUIRE(member.heard->next<assigned>().partitions.size() == 3);
    test::arrivals<std::vector<start_answer>> found;
    member.consumer->find_starts(
        {{{topic, 0}, -1}}, std::chrono::seconds(30),
        [&](std::vector<start_answer> all) { found.add(all); });
    const auto start = found.take();
    REQUIRE(start.size() == 1);
    REQUIRE(!start[0].error);
    CHECK(start[0].was_committed);
    CHECK(start[0].offset == 42);
    member.consumer->assign({{{topic, 0}, start[0].offset}}, 9);
    member.consumer->give({topic, 0}, f.book.open(), 1);
    CHECK(test::read(*member.heard, 58, 9, 1).values ==
          test::numbered(42, 100));
  }

  TEST_CASE("a second member takes some partitions, both are told") {
    fixture f;
    const std::string topic = f.new_topic();
    for (int p = 0; p < 3; ++p)
      f.write(topic, p, test::numbered(0, 10));
    const std::string group = test::unique_name("g");
    auto first = f.join_at_start(group, topic);
    auto second = f.join(group);
    second.consumer->subscribe({topic});
    const auto taken = first.heard->next<revoked>();
    CHECK(taken.partitions.size() == 3);
    CHECK(!taken.lost);
    first.consumer->unassign();
    // An answer to a rebalance that is over changes nothing.
    first.consumer->assign(test::at_first({{topic, 0}}), 2);
    // A member that the broker waited for in vain comes a rebalance later.
    holding left{first, 2, {}};
    holding right{second, 0, {}};
    test::eventually([&] {
      left.follow();
      right.follow();
      return !left.partitions.empty() && !right.partitions.empty() &&
             left.partitions.size() + right.partitions.size() == 3;
    });
    for (const auto* side : {&left, &right}) {
      for (const topic_partition& at : side->partitions) {
        side->member.consumer->give(at, f.book.open(), 1);
        CHECK(test::read(*side->member.heard, 10, side->epoch, 1).values ==
              test::numbered(0, 10));
      }
    }
    // Both commit what they hold.
    first.consumer->commit(1, {{left.partitions[0], 10}});
    CHECK(!first.heard->next<committed>().error);
    second.consumer->commit(1, {{right.partitions[0], 10}});
    CHECK(!second.heard->next<committed>().error);
  }

  TEST_CASE("an empty subscription keeps the handle, without a membership") {
    fixture f;
    const std::string topic = f.new_topic();
    f.write(topic, 0, test::numbered(0, 5));
    auto member = f.join_at_start(test::unique_name("g"), topic);
    member.consumer->subscribe({});
    CHECK(member.heard->next<revoked>().partitions.size() == 3);
    member.consumer->unassign();
    member.consumer->subscribe({topic});
    CHECK(member.heard->next<assigned>().partitions.size() == 3);
    member.consumer->assign({{{topic, 0}, 3}}, 4);
    member.consumer->give({topic, 0}, f.book.open(), 1);
    CHECK(test::read(*member.heard, 2, 4, 1).values == test::numbered(3, 5));
  }

  TEST_CASE("offsets that are out of range are told, and read anew") {
    fixture f;
    const std::string topic = f.new_topic();
    auto member = join_beyond(f, topic);
    for (int p = 0; p < 3; ++p)
      member.consumer->give({topic, p}, f.book.open(), 1);
    std::set<int> lost;
    for (int i = 0; i < 2; ++i) {
      const auto told = member.heard->next<out_of_range>();
      CHECK(told.log.at.topic == topic);
      CHECK(told.log.first == 0);
      CHECK(told.log.end == 5);
      lost.insert(told.log.at.partition);
    }
    CHECK(lost == std::set<int>{0, 2});
    // A seek that came before cannot be carried out, and is void.
    member.consumer->seek({topic, 0}, 4, 2);
    member.consumer->assign({{{topic, 0}, 3}, {{topic, 1}, 5}, {{topic, 2}, 5}},
                            3);
    member.consumer->give({topic, 0}, f.book.open(), 1);
    CHECK(test::read(*member.heard, 2, 3, 1).values == test::numbered(3, 5));
  }

  TEST_CASE("a seek does not hide that a partition is read no more") {
    fixture f;
    const std::string topic = f.new_topic();
    auto member = join_beyond(f, topic);
    // Both are fetched by one request, and nobody polls the first.
    member.consumer->give({topic, 2}, f.book.open(), 1);
    CHECK(member.heard->next<out_of_range>().log.at.partition == 2);
    member.consumer->seek({topic, 0}, 3, 2);
    CHECK(member.heard->next<out_of_range>().log.at.partition == 0);
    member.consumer->assign({{{topic, 0}, 3}, {{topic, 1}, 5}, {{topic, 2}, 5}},
                            3);
    member.consumer->give({topic, 0}, f.book.open(), 1);
    CHECK(test::read(*member.heard, 2, 3, 1).values == test::numbered(3, 5));
  }
}
