#include "test/actors/group_talk.hpp"

#include <doctest/doctest.h>

using namespace wskafka;
using std::chrono::milliseconds;
using std::chrono::seconds;
using test::group_talk;

TEST_SUITE_BEGIN("actors/consumer_group/rebalance");

TEST_CASE_FIXTURE(group_talk, "confirmations are committed, one at a time") {
  subscribed(1, {"t"}, {t0});
  const auto end = fetch(t0, 4);
  confirm(1, {t0, end.owner_epoch, 12});
  REQUIRE(handle().commits.size() == 1);
  CHECK(handle().commits[0].positions.at(0).offset == 12);
  confirm(1, end);
  w.advance(seconds(2));
  CHECK(handle().commits.size() == 1);
  settle();
  w.advance(milliseconds(501));
  settle();
  CHECK(committed(t0) == 14);
}

TEST_CASE_FIXTURE(group_talk, "commits are no closer than the interval") {
  subscribed(1, {"t"}, {t0});
  const auto end = fetch(t0, 4);
  confirm(1, {t0, end.owner_epoch, 12});
  settle();
  confirm(1, {t0, end.owner_epoch, 13});
  CHECK(handle().commits.empty());
  w.advance(milliseconds(499));
  CHECK(handle().commits.empty());
  w.advance(milliseconds(2));
  CHECK(handle().commits.size() == 1);
}

TEST_CASE_FIXTURE(group_talk, "a commit that fails is made again") {
  subscribed(1, {"t"}, {t0});
  confirm(1, fetch(t0, 4));
  handle().fail_commits(coordinator);
  w.run();
  CHECK(w.count.commit_failures == 1);
  w.advance(milliseconds(501));
  settle();
  CHECK(committed(t0) == 14);
}

TEST_CASE_FIXTURE(group_talk, "what nobody sent is not confirmed") {
  subscribed(1, {"t"}, {t0});
  const auto end = fetch(t0, 4);
  confirm(1, {t0, end.owner_epoch, 15});
  confirm(1, {t0, end.owner_epoch + 1, 12});
  confirm(2, end);
  confirm(1, {t1, end.owner_epoch, 12});
  CHECK(w.count.ignored_confirmations == 4);
  CHECK(handle().commits.empty());
}

TEST_CASE_FIXTURE(group_talk, "a revoke waits for confirmation and commit") {
  subscribed(1, {"t"}, {t0});
  const auto end = fetch(t0, 4);
  handle().emit_revoked();
  w.run();
  CHECK(owner(t0) == 0);
  give_back(1, {end});
  CHECK(handle().unassigned == 0);
  confirm(1, end);
  CHECK(handle().unassigned == 0);
  REQUIRE(handle().commits.size() == 1);
  handle().answer_commits();
  w.run();
  CHECK(handle().unassigned == 1);
  CHECK(committed(t0) == 14);
}

TEST_CASE_FIXTURE(group_talk, "a revoke does not wait for ever") {
  subscribed(1, {"t"}, {t0});
  const auto end = fetch(t0, 4);
  handle().emit_revoked();
  w.run();
  SUBCASE("for a peer") {
    give_back(1, {end});
    w.advance(milliseconds(2100));
  }
  SUBCASE("for a member") {
    w.advance(milliseconds(2100));
  }
  SUBCASE("for a commit") {
    give_back(1, {end});
    confirm(1, end);
    w.advance(milliseconds(4100));
  }
  SUBCASE("for a commit that fails") {
    give_back(1, {end});
    confirm(1, end);
    handle().fail_commits(coordinator);
    w.run();
  }
  CHECK(handle().unassigned == 1);
}

TEST_CASE_FIXTURE(group_talk, "a revoke waits though an earlier commit fails") {
  subscribed(1, {"t"}, {t0});
  const auto end = fetch(t0, 4);
  confirm(1, {t0, end.owner_epoch, 12}, false);
  REQUIRE(handle().commits.size() == 1);
  handle().emit_revoked();
  w.run();
  handle().fail_commits(coordinator);
  w.run();
  CHECK(handle().unassigned == 0);
  give_back(1, {end});
  confirm(1, end);
  settle();
  CHECK(handle().unassigned == 1);
  CHECK(committed(t0) == 14);
}

TEST_CASE_FIXTURE(group_talk,
                  "a partition that returns goes on behind the sent") {
  subscribed(1, {"t"}, {t0});
  auto end = fetch(t0, 4);
  handle().emit_revoked();
  w.run();
  end.offset = 13;
  give_back(1, {end});
  confirm(1, {t0, end.owner_epoch, 11}, false);
  w.advance(milliseconds(2100));
  settle();
  CHECK(handle().unassigned == 1);
  assign({t0});
  CHECK(owner(t0) == 1);
  CHECK(handle().position(t0) == 13);
  // The owner epoch is the same: a late confirmation counts.
  confirm(1, end);
  w.advance(milliseconds(501));
  settle();
  CHECK(committed(t0) == 13);
}

TEST_CASE_FIXTURE(group_talk, "without an answer it goes on at the commit") {
  subscribed(1, {"t"}, {t0});
  const auto end = fetch(t0, 4);
  handle().emit_revoked();
  w.run();
  w.advance(milliseconds(4100));
  CHECK(handle().unassigned == 1);
  assign({t0});
  CHECK(handle().position(t0) == 10);
  CHECK(owner(t0) == 1);
  // Too late: the member dropped what is fetched again now.
  give_back(1, {end});
  confirm(1, end);
  CHECK(w.count.ignored_confirmations == 1);
}

TEST_CASE_FIXTURE(group_talk,
                  "another member's commit decides where to go on") {
  subscribed(1, {"t"}, {t0});
  const auto end = fetch(t0, 4);
  handle().emit_revoked();
  w.run();
  give_back(1, {end});
  confirm(1, end);
  settle();
  handle().committed[t0] = 30;
  assign({t0});
  CHECK(handle().position(t0) == 30);
}

TEST_CASE_FIXTURE(group_talk, "lost partitions commit nothing") {
  subscribed(1, {"t"}, {t0});
  const auto end = fetch(t0, 4);
  confirm(1, {t0, end.owner_epoch, 11});
  handle().commits.clear();
  handle().emit_revoked(true);
  w.run();
  CHECK(handle().unassigned == 1);
  confirm(1, end);
  w.advance(seconds(5));
  CHECK(handle().commits.empty());
  CHECK(w.count.ignored_confirmations == 1);
}

TEST_CASE_FIXTURE(group_talk, "batches of the assignment before are dropped") {
  subscribed(1, {"t"}, {t0});
  handle().fetch(t0, 2);
  handle().emit_revoked();
  handle().emit_assigned({t0});
  w.run();
  give_back(1, {});
  mail_of(1).clear();
  const auto stale = w.count.stale_records.load();
  auto batch = std::make_shared<protocol::record_batch>();
  batch->topic = "t";
  batch->records.resize(3);
  handle().emit(kafka::fetched{batch, 1, {}});
  w.run();
  CHECK(w.count.stale_records == stale + 3);
  CHECK(mail_of(1).take<deliver>().empty());
}

TEST_CASE_FIXTURE(group_talk,
                  "joins during a rebalance are answered after it") {
  subscribed(1, {"t"}, {t0});
  const auto end = fetch(t0, 1);
  handle().emit_revoked();
  w.run();
  join(2, {"t"});
  CHECK_FALSE(answered(2));
  give_back(1, {end});
  confirm(1, end);
  settle();
  assign({t0, t1});
  CHECK(answered(2));
  CHECK(owner(t1) == 2);
  CHECK(owner(t0) == 1);
}

TEST_CASE_FIXTURE(group_talk,
                  "a topic that is another one now is joined anew, from its "
                  "first record") {
  subscribed(1, {"t", "u"}, {t0, u0});
  const auto end = fetch(t0, 4);
  const auto other = fetch(u0, 2);
  confirm(1, {t0, end.owner_epoch, 12}, false);
  settle();
  const std::size_t before = handle().subscriptions.size();
  const auto look = [&] {
    handle().emit(kafka::topics_changed{w.kafka.topics()});
    w.run();
  };
  w.kafka.set_topic("v", 1);
  w.kafka.set_topic("t", 5);
  look();
  w.kafka.set_topic("t", 0);
  look();
  CHECK(handle().subscriptions.size() == before);
  w.kafka.set_topic("t", 4);
  look();
  CHECK(handle().subscriptions.size() == before + 1);
  // Nothing of the old one is committed.
  confirm(1, end, false);
  confirm(1, other);
  handle().emit_revoked();
  w.run();
  give_back(1, {end, other});
  settle();
  CHECK(committed(t0) == 12);
  CHECK(committed(u0) == 12);
  std::int64_t first = 0;
  SUBCASE("its commits went with it") {
    handle().committed.erase(t0);
  }
  // The list was wrong.
  SUBCASE("it is the same one") {
    first = 12;
  }
  assign({t0, u0});
  CHECK(handle().position(t0) == first);
  CHECK(handle().position(u0) == 12);
  CHECK(owner(t0) == 1);
  look();
  CHECK(handle().subscriptions.size() == before + 1);
  // One that nobody subscribes any more is nobody's news.
  join(1, {"u"});
  w.advance(seconds(60));
  settle();
  const std::size_t without = handle().subscriptions.size();
  w.kafka.set_topic("t", 0);
  w.kafka.set_topic("t", 4);
  look();
  CHECK(handle().subscriptions.size() == without);
}

TEST_CASE_FIXTURE(group_talk,
                  "nothing is committed for a topic that the list has lost") {
  subscribed(1, {"t", "u"}, {t0, u0});
  const auto end = fetch(t0, 4);
  const auto other = fetch(u0, 2);
  const std::int64_t start = committed(t0);
  w.kafka.set_topic("t", 0);
  SUBCASE("and not found again") {}
  SUBCASE("though one of its name is there, and nobody has told") {
    w.kafka.set_topic("t", 4);
  }
  confirm(1, end, false);
  confirm(1, other);
  w.advance(seconds(1));
  settle();
  CHECK(committed(t0) == start);
  CHECK(committed(u0) == 12);
}

TEST_CASE_FIXTURE(group_talk,
                  "what is found in a rebalance is joined after it") {
  subscribed(1, {"t"}, {t0});
  handle().emit_revoked();
  w.run();
  give_back(1, {});
  settle();
  const std::size_t before = handle().subscriptions.size();
  w.kafka.set_topic("t", 0);
  w.kafka.set_topic("t", 4);
  handle().emit(kafka::topics_changed{w.kafka.topics()});
  w.run();
  CHECK(handle().subscriptions.size() == before);
  assign({t0});
  CHECK(handle().subscriptions.size() == before + 1);
  // Only the assignment that follows is of the other topic.
  const auto end = fetch(t0, 3);
  handle().emit_revoked();
  w.run();
  give_back(1, {end});
  w.advance(seconds(60));
  settle();
  assign({t0});
  CHECK(handle().position(t0) == 10);
}

TEST_CASE_FIXTURE(group_talk,
                  "a subscription in between hides no topic that is another") {
  subscribed(1, {"t"}, {t0});
  w.kafka.set_topic("t", 0);
  w.kafka.set_topic("t", 4);
  join(2, {"u"});
  w.advance(milliseconds(1001));
  const std::size_t before = handle().subscriptions.size();
  CHECK(before == 2);
  handle().emit(kafka::topics_changed{w.kafka.topics()});
  w.run();
  handle().emit_revoked();
  w.run();
  give_back(1, {});
  settle();
  assign({t0, u0});
  CHECK(handle().subscriptions.size() == before + 1);
}

TEST_SUITE_END();
