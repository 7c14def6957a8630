#include "test/actors/group_talk.hpp"

#include <doctest/doctest.h>

#include <set>

using namespace wskafka;
using std::chrono::milliseconds;
using test::group_talk;

TEST_SUITE_BEGIN("actors/consumer_group/sharing");

TEST_CASE_FIXTURE(group_talk, "a second member costs no rebalance") {
  subscribed(1, {"t"}, {t0, t1});
  CHECK(owner(t0) == 1);
  CHECK(owner(t1) == 1);
  join(2, {"t"});
  CHECK(answered(2));
  CHECK(handle().subscriptions.size() == 1);
  CHECK(w.kafka.joins == 1);
  give_back(1, {});
  CHECK(std::set<std::uint64_t>{owner(t0), owner(t1)} ==
        std::set<std::uint64_t>{1, 2});
}

TEST_CASE_FIXTURE(group_talk, "those who come together get theirs together") {
  subscribed(1, {"t"}, {t0, t1, {"t", 2}, {"t", 3}});
  for (std::uint64_t ws = 2; ws <= 4; ++ws)
    begin_join(ws, {"t"});
  w.run();
  const auto order = mail_of(1).take_one<take_back>();
  CHECK(order.partitions.size() == 3);
  tell(gave_back{1, order.order, {}});
  std::set<std::uint64_t> owners;
  for (int partition = 0; partition < 4; ++partition)
    owners.insert(owner({"t", partition}));
  CHECK(owners == std::set<std::uint64_t>{1, 2, 3, 4});
  for (std::uint64_t ws = 2; ws <= 4; ++ws) {
    CHECK(answered(ws));
    CHECK(mail_of(ws).take<take_back>().empty());
  }
}

TEST_CASE_FIXTURE(group_talk,
                  "the first ones, too: Kafka hears of all at once") {
  begin_join(1, {"t"});
  begin_join(2, {"u"});
  w.run();
  REQUIRE(handle().subscriptions.size() == 1);
  CHECK(handle().subscriptions[0] == strings{"t", "u"});
}

TEST_CASE_FIXTURE(group_talk, "a moving partition waits for confirmations") {
  subscribed(1, {"t"}, {t0, t1});
  const auto end0 = fetch(t0, 4);
  const auto end1 = fetch(t1, 4);
  join(2, {"t"});
  const bool first = owner(t0) == 0;
  const auto moving = first ? t0 : t1;
  const auto end = first ? end0 : end1;
  CHECK(owner(moving) == 0);
  give_back(1, {end});
  CHECK(owner(moving) == 0);
  confirm(1, end);
  CHECK(owner(moving) == 2);
  CHECK(handle().position(moving) == 14);
  CHECK(w.count.handover_timeouts == 0);
}

TEST_CASE_FIXTURE(group_talk, "what was not sent goes to the new owner") {
  subscribed(1, {"t"}, {t0});
  auto end = fetch(t0, 4);
  join(2, {"t"});
  CHECK(owner(t0) == 1);  // One partition stays where it is.
  end.offset = 12;
  leave(1, {end});
  CHECK(owner(t0) == 0);
  confirm(1, end);
  CHECK(owner(t0) == 2);
  CHECK(handle().position(t0) == 12);
}

TEST_CASE_FIXTURE(group_talk, "nobody is waited for longer than the time-out") {
  subscribed(1, {"t"}, {t0, t1});
  const auto end0 = fetch(t0, 4);
  const auto end1 = fetch(t1, 4);
  join(2, {"t"});
  const auto moving = owner(t0) == 0 ? t0 : t1;
  give_back(1, {end0, end1});
  w.advance(milliseconds(1900));
  CHECK(owner(moving) == 0);
  w.advance(milliseconds(200));
  CHECK(owner(moving) == 2);
  CHECK(handle().position(moving) == 10);
  CHECK(w.count.handover_timeouts == 1);
  // Too late: it is somebody else's now.
  confirm(1, moving == t0 ? end0 : end1);
  CHECK(w.count.ignored_confirmations == 1);
}

TEST_CASE_FIXTURE(group_talk, "a tardy member is not waited for twice") {
  subscribed(1, {"t", "u"}, {t0, t1, u0});
  const auto other = fetch(u0, 1);
  join(2, {"t"});
  const auto moved = owner(t0) == 0 ? t0 : t1;
  give_back(1, {});
  REQUIRE(owner(moved) == 2);
  leave(2, {}, true);
  REQUIRE(owner(moved) == 1);

  std::vector<owned_position> sent{fetch(t0, 4), fetch(t1, 4)};
  join(2, {"t"});
  give_back(1, sent);
  w.advance(milliseconds(2100));
  REQUIRE(w.count.handover_timeouts == 1);
  leave(2, {}, true);
  sent = {fetch(t0, 4), fetch(t1, 4)};
  join(3, {"t"});
  const auto moving = owner(t0) == 0 ? t0 : t1;
  REQUIRE(owner(moving) == 0);
  SUBCASE("at all") {
    give_back(1, sent);
    CHECK(owner(moving) == 3);
  }
  SUBCASE("when it has confirmed a part") {
    confirm(1, other, false);
    give_back(1, sent);
    CHECK(owner(moving) == 3);
  }
  SUBCASE("until it has confirmed everything") {
    confirm(1, other, true);
    give_back(1, sent);
    CHECK(owner(moving) == 0);
  }
  CHECK(w.count.handover_timeouts == 1);
}

TEST_CASE_FIXTURE(group_talk, "a partition goes only to who wants its topic") {
  join(1, {"t"});
  join(2, {"u"});
  assign({t0});
  w.advance(milliseconds(1001));
  CHECK(handle().subscriptions.back() == strings{"t", "u"});
  assign({t0, t1, u0});
  w.advance(milliseconds(501));
  CHECK(answered(1));
  CHECK(answered(2));
  CHECK(owner(t0) == 1);
  CHECK(owner(t1) == 1);
  CHECK(owner(u0) == 2);
}

TEST_CASE_FIXTURE(group_talk,
                  "changes of the union are gathered for a second") {
  subscribed(1, {"t"}, {t0});
  w.advance(milliseconds(2000));
  w.kafka.set_topic("v", 1);
  join(2, {"u"});
  w.advance(milliseconds(0));
  const auto once = handle().subscriptions.size();
  CHECK(once == 2);
  handle().emit_revoked();
  w.run();
  give_back(1, {});
  settle();
  join(3, {"v"});
  w.advance(milliseconds(3000));
  // Never while a rebalance runs.
  CHECK(handle().subscriptions.size() == once);
  assign({t0, u0});
  w.advance(milliseconds(0));
  CHECK(handle().subscriptions.size() == once + 1);
  CHECK(handle().subscriptions.back() == strings{"t", "u", "v"});
}

TEST_CASE_FIXTURE(group_talk, "two changes within a second are one") {
  subscribed(1, {"t"}, {t0});
  w.kafka.set_topic("v", 1);
  join(2, {"u"});
  w.advance(milliseconds(100));
  join(3, {"v"});
  CHECK(handle().subscriptions.size() == 1);
  w.advance(milliseconds(1000));
  CHECK(handle().subscriptions.size() == 2);
  CHECK(handle().subscriptions.back() == strings{"t", "u", "v"});
}

TEST_CASE_FIXTURE(group_talk, "an abandoned topic lingers, then goes") {
  subscribed(1, {"t"}, {t0});
  join(2, {"u"});
  w.advance(milliseconds(1001));
  handle().emit_revoked();
  w.run();
  give_back(1, {});
  settle();
  assign({t0, u0});
  leave(2);
  const auto before = handle().subscriptions.size();
  w.advance(milliseconds(2900));
  CHECK(handle().subscriptions.size() == before);
  SUBCASE("one that comes back costs no rebalance") {
    join(2, {"u"});
    w.advance(milliseconds(5000));
    CHECK(handle().subscriptions.size() == before);
    CHECK(owner(u0) == 2);
  }
  SUBCASE("nobody comes back") {
    w.advance(milliseconds(200));
    CHECK(handle().subscriptions.size() == before + 1);
    CHECK(handle().subscriptions.back() == strings{"t"});
  }
  SUBCASE("others come and go") {
    for (std::uint64_t ws = 10; ws < 14; ++ws) {
      join(ws, {"t"});
      leave(ws);
      give_back(1, {});
      w.advance(milliseconds(50));
    }
    CHECK(handle().subscriptions.back() == strings{"t"});
  }
}

TEST_CASE_FIXTURE(group_talk, "a topic given up is taken back in any phase") {
  subscribed(1, {"t", "u"}, {t0, u0});
  auto end = fetch(t0, 4);
  w.kafka.set_topic("v", 1);
  join(2, {"v"});
  w.advance(milliseconds(1001));  // A new subscription: settling.
  join(1, {"u"});
  const auto order = mail_of(1).take_one<take_back>();
  REQUIRE(order.partitions.size() == 1);
  CHECK(order.partitions[0] == t0);
  end.offset = 11;
  tell(gave_back{1, order.order, {end}});
  join(1, {"t", "u"});
  handle().emit_revoked();
  w.run();
  give_back(1, {});
  confirm(1, end);
  settle();
  CHECK(committed(t0) == 11);
  assign({t0, u0});
  // Behind what was sent, not behind what was handed out.
  CHECK(handle().position(t0) == 11);
}

TEST_CASE_FIXTURE(group_talk, "records reach the owner, charged to it") {
  subscribed(1, {"t"}, {t0});
  handle().fetch(t0, 3);
  w.run();
  const auto message = mail_of(1).take_one<deliver>();
  REQUIRE(message.what->size() == 1);
  CHECK(message.what->at(0).messages() == 3);
  CHECK(message.what->at(0).subscription == at(1).subscription);
  CHECK(w.book.held(net::direction::out) > 0);
}

TEST_CASE_FIXTURE(group_talk, "one burst is one message to each member") {
  subscribed(1, {"t"}, {t0, t1});
  handle().fetch(t0, 1);
  handle().fetch(t1, 2);
  handle().fetch(t0, 1);
  w.run();
  CHECK(mail_of(1).take_one<deliver>().what->size() == 3);
}

TEST_CASE_FIXTURE(group_talk, "records of an earlier owner are dropped") {
  subscribed(1, {"t"}, {t0});
  join(2, {"t"});
  handle().fetch(t0, 3);
  // Still in the inbox when the owner leaves.
  caf::anon_send(talk(), leave_group{1, at(1).subscription, true, {}});
  kafka::consumer_failed failed;
  failed.why = {"X", "X", true};
  handle().emit(std::move(failed));
  w.run();
  w.run();
  CHECK(owner(t0) == 2);
  CHECK(handle().position(t0) == 10);
}

TEST_SUITE_END();
