#include "test/actors/group_talk.hpp"

#include <doctest/doctest.h>

#include <optional>

using namespace wskafka;
using std::chrono::milliseconds;
using test::group_talk;

namespace {

/// Member 1 has both partitions, each at 10, when Kafka has no such record.
struct group_range_talk : group_talk {
  void begin() {
    join_group request;
    request.topics = {"t"};
    request.events = true;
    begin_join(1, request);
    w.run();
    assign({t0, t1});
    w.advance(milliseconds(501));
    mail_of(1).take<subscription_ready>();
    mail_of(1).take<ownership_changed>();
  }

  void ask(partition_action what, std::int64_t offset) {
    control_partitions order;
    order.ws = 1;
    order.request = 1;
    order.what = what;
    order.partitions = {{t0, offset}};
    order.deadline = w.actors.now() + milliseconds(1000);
    tell(std::move(order));
  }

  void lose(std::int64_t first, std::int64_t end) {
    handle().emit(kafka::out_of_range{{t0, first, end, first, std::nullopt}});
    w.run();
  }

  /// Where the gap that it is told begins and ends, and why it is.
  struct told_gap {
    std::int64_t from = 0;
    std::int64_t to = 0;
    std::string reason;
    std::uint32_t owner_epoch = 0;
  };
  std::vector<told_gap> gaps() {
    std::vector<told_gap> found;
    for (const deliver& message : mail_of(1).take<deliver>())
      for (const delivery& d : *message.what)
        if (d.batch->gap)
          found.push_back({d.batch->records.at(0).offset, d.batch->gap->to,
                           std::string(d.batch->gap->reason), d.owner_epoch});
    return found;
  }
  void give_up_all() {
    handle().emit_revoked();
    w.run();
    give_back(1, {});
    w.advance(milliseconds(60'000));
    settle();
  }
  std::size_t assignments() { return handle().assignments.size(); }

  /// Both are fetched anew, and flow.
  void check_fetched(std::int64_t from0, std::int64_t from1) {
    CHECK(handle().position(t0) == from0);
    CHECK(handle().position(t1) == from1);
    CHECK(owner(t0) == 1);
    CHECK(owner(t1) == 1);
    CHECK(fetch(t0, 1).offset == from0 + 1);
    CHECK(fetch(t1, 1).offset == from1 + 1);
  }
};

}  // namespace

TEST_SUITE_BEGIN("actors/consumer_group/range");

TEST_CASE_FIXTURE(group_range_talk,
                  "what retention took is told, and the rest goes on") {
  begin();
  const auto sent = fetch(t0, 2);
  fetch(t1, 3);
  const std::size_t before = assignments();
  lose(20, 30);
  const auto told = gaps();
  REQUIRE(told.size() == 1);
  CHECK(told[0].from == 12);
  CHECK(told[0].to == 20);
  CHECK(told[0].reason == "retention");
  CHECK(assignments() == before + 1);
  check_fetched(20, 13);
  // What came before can still be confirmed, and the gap with what follows.
  confirm(1, sent, false);
  settle();
  CHECK(committed(t0) == 12);
  confirm(1, {t0, sent.owner_epoch, 21});
  w.advance(milliseconds(10'000));
  settle();
  CHECK(committed(t0) == 21);
}

TEST_CASE_FIXTURE(group_range_talk, "a log that was cut begins anew") {
  begin();
  const auto sent = fetch(t0, 2);
  lose(0, 5);
  const auto told = gaps();
  REQUIRE(told.size() == 1);
  CHECK(told[0].from == 12);
  CHECK(told[0].to == 0);
  CHECK(told[0].reason == "truncated");
  CHECK(told[0].owner_epoch != sent.owner_epoch);
  check_fetched(0, 10);
  // Those were other records.
  confirm(1, sent);
  CHECK(w.count.ignored_confirmations == 1);
  confirm(1, {t0, told[0].owner_epoch, 1});
  w.advance(milliseconds(10'000));
  settle();
  CHECK(committed(t0) == 1);
  // The list of topics tells it later, and its other partitions begin anew.
  w.kafka.set_topic("t", 0);
  w.kafka.set_topic("t", 4);
  const std::size_t before = handle().subscriptions.size();
  handle().emit(kafka::topics_changed{w.kafka.topics()});
  w.run();
  CHECK(handle().subscriptions.size() == before + 1);
  handle().committed.erase(t1);
  give_up_all();
  assign({t0, t1});
  CHECK(handle().position(t0) == 1);
  CHECK(handle().position(t1) == 0);
}

TEST_CASE_FIXTURE(group_range_talk, "the end, where that is configured") {
  w.options.consumer.out_of_range_offset = config::start_offset::latest;
  begin();
  lose(20, 30);
  const auto told = gaps();
  REQUIRE(told.size() == 1);
  CHECK(told[0].to == 30);
  check_fetched(30, 10);
}

TEST_CASE_FIXTURE(group_range_talk, "nowhere, where that is configured") {
  w.options.consumer.out_of_range_offset = config::start_offset::none;
  begin();
  const std::size_t before = assignments();
  lose(20, 30);
  CHECK(gaps().empty());
  const auto trouble = mail_of(1).take_one<subscription_trouble>();
  CHECK(trouble.why.code == "OFFSET_OUT_OF_RANGE");
  CHECK(trouble.topic == "t");
  CHECK(assignments() == before);
  // Its member may seek to what is there.
  ask(partition_action::seek, 25);
  settle();
  CHECK_FALSE(mail_of(1).take_one<partitions_controlled>().why);
  CHECK(assignments() == before + 1);
  check_fetched(25, 10);
}

TEST_CASE_FIXTURE(group_range_talk,
                  "without an owner it is met again, and told then") {
  begin();
  fetch(t1, 1);
  const std::size_t before = assignments();
  ask(partition_action::pause, 0);
  mail_of(1).take<partitions_controlled>();
  lose(20, 30);
  CHECK(gaps().empty());
  CHECK(assignments() == before + 1);
  CHECK(handle().position(t0) == 10);
  CHECK(owner(t0) == 0);
  ask(partition_action::resume, 0);
  CHECK(owner(t0) == 1);
  lose(20, 30);
  CHECK(gaps().size() == 1);
  check_fetched(20, 11);
}

TEST_CASE_FIXTURE(group_range_talk, "an answer that comes late loses nothing") {
  begin();
  lose(5, 30);
  CHECK(gaps().empty());
  check_fetched(10, 10);
}

TEST_SUITE_END();
