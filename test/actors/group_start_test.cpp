#include "test/actors/group_talk.hpp"

#include <doctest/doctest.h>

using namespace wskafka;
using std::chrono::milliseconds;
using std::chrono::seconds;
using test::group_talk;

namespace {

const kafka::topic_partition t4{"t", 4};

}  // namespace

TEST_SUITE_BEGIN("actors/consumer_group/start");

TEST_CASE_FIXTURE(group_talk,
                  "starts are committed before anybody is answered") {
  join(1, {"t"});
  CHECK(handle().subscriptions.back() == strings{"t"});
  handle().log_ends[t0] = 10;
  handle().emit_assigned({t0});
  w.run();
  handle().answer_starts();
  w.run();
  REQUIRE(handle().commits.size() == 1);
  CHECK(handle().commits[0].positions.at(0).offset == 10);
  CHECK(handle().assignments.empty());
  CHECK_FALSE(answered(1));
  handle().answer_commits();
  w.run();
  REQUIRE(handle().assignments.size() == 1);
  CHECK(handle().assignments[0].starts.at(t0) == 10);
  CHECK(answered(1));
  CHECK(owner(t0) == 1);
}

TEST_CASE_FIXTURE(group_talk, "earliest starts at the first record") {
  w.options.consumer.from_offset = config::start_offset::earliest;
  subscribed(1, {"t"}, {t0});
  CHECK(handle().position(t0) == 0);
  CHECK(committed(t0) == 0);
}

TEST_CASE_FIXTURE(group_talk, "what has a commit starts there, whatever else") {
  join(1, {"t"});
  handle().committed[t0] = 4;
  handle().emit_assigned({t0});
  w.run();
  handle().answer_starts();
  w.run();
  CHECK(handle().commits.empty());
  CHECK(handle().position(t0) == 4);
  CHECK(answered(1));
}

TEST_CASE_FIXTURE(group_talk, "without commits the start is not committed") {
  w.options.consumer.auto_commit = false;
  join(1, {"t"});
  handle().log_ends[t0] = 10;
  handle().emit_assigned({t0});
  w.run();
  handle().answer_starts();
  w.run();
  CHECK(handle().commits.empty());
  CHECK(handle().position(t0) == 10);
  CHECK(answered(1));
}

TEST_CASE_FIXTURE(group_talk, "the first acks begin with a commit") {
  w.options.consumer.auto_commit = false;
  subscribed(1, {"t"}, {t0, t1});
  auto sent = fetch(t0, 3);
  const auto other = fetch(t1, 3);
  CHECK(handle().commits.empty());
  join_group acks;
  acks.topics = {"t"};
  acks.acks = true;
  begin_join(2, acks);
  w.run();
  CHECK_FALSE(answered(2));
  handle().answer_commits();
  w.run();
  CHECK(answered(2));
  CHECK(committed(t0) == 10);
  CHECK(committed(t1) == 10);
  // Who confirms nothing is not waited for, and has what it was sent.
  sent.offset = 12;
  give_back(1, {sent, other});
  const kafka::topic_partition moved = owner(t0) == 2 ? t0 : t1;
  REQUIRE(owner(moved) == 2);
  CHECK(handle().position(moved) == (moved == t0 ? 12 : 13));
}

TEST_CASE_FIXTURE(group_talk, "a partition newer than the subscription") {
  subscribed(1, {"t"}, {t0});
  assign({t0, t4});
  CHECK(handle().position(t0) == 10);
  CHECK(handle().position(t4) == 0);
}

TEST_CASE_FIXTURE(group_talk, "a topic that was deleted starts at its first") {
  subscribed(1, {"t"}, {t0});
  handle().emit(kafka::consumer_failed{
      {"UNKNOWN_TOPIC_OR_PARTITION", "Gone.", true}, false, "t"});
  w.run();
  assign({});
  assign({t1});
  CHECK(handle().position(t1) == 0);
}

TEST_CASE_FIXTURE(group_talk,
                  "a start that cannot be committed is tried again") {
  join(1, {"t"});
  handle().log_ends[t0] = 10;
  handle().emit_assigned({t0});
  w.run();
  handle().answer_starts();
  w.run();
  handle().fail_commits(coordinator);
  w.run();
  CHECK(w.count.commit_failures == 1);
  CHECK(handle().assignments.empty());
  CHECK_FALSE(answered(1));
  w.advance(milliseconds(1001));
  REQUIRE(handle().questions.size() == 1);
  settle();
  CHECK(answered(1));
  CHECK(handle().position(t0) == 10);
}

TEST_CASE_FIXTURE(group_talk, "a partition without a start stays unassigned") {
  join(1, {"t"});
  join(2, {"u"});
  w.advance(milliseconds(1001));
  handle().committed[t0] = 4;
  handle().emit_assigned({t0, u0});
  w.run();
  handle().answer_starts();
  w.run();
  for (int i = 0; i < 1; ++i) {
    handle().fail_commits(coordinator);
    w.run();
    w.advance(milliseconds(1001));
    handle().answer_starts();
    w.run();
  }
  handle().fail_commits(coordinator);
  w.run();
  REQUIRE(handle().assignments.size() == 1);
  CHECK(handle().assignments[0].starts.size() == 1);
  CHECK_FALSE(answered(2));
  const auto before = handle().subscriptions.size();
  SUBCASE("and is tried again later") {
    w.advance(milliseconds(5001));
  }
  SUBCASE("also when another partition moved meanwhile") {
    w.advance(milliseconds(1001));
    handle().settle([this] { w.run(); });
    handle().emit_revoked();
    w.run();
    give_back(1, {});
    settle();
    w.run();
    CHECK(handle().unassigned == 1);
    // The next assignment finds no start either.
    handle().committed[t0] = 4;
    handle().emit_assigned({t0, u0});
    w.run();
    for (int i = 0; i < 2; ++i) {
      handle().answer_starts();
      w.run();
      handle().fail_commits(coordinator);
      w.run();
      w.advance(milliseconds(1001));
    }
    join(3, {"t"});
    leave(1);  // Moves t0, which raises the fetch epoch.
    w.advance(milliseconds(10001));
  }
  CHECK(handle().subscriptions.size() > before);
}

TEST_CASE_FIXTURE(group_talk, "without a commit `none` fails the subscribe") {
  w.options.consumer.from_offset = config::start_offset::none;
  join(1, {"t"});
  handle().emit_assigned({t0});
  w.run();
  handle().answer_starts();
  w.run();
  CHECK(mail_of(1).take_one<subscription_failed>().why.code ==
        "OFFSET_OUT_OF_RANGE");
  CHECK_FALSE(answered(1));
  // So is who comes before the group has asked anew.
  join(2, {"t"});
  CHECK(mail_of(2).take_one<subscription_failed>().why.code ==
        "OFFSET_OUT_OF_RANGE");
  // When nobody wants the topic any more it does.
  leave(1);
  leave(2);
  join(3, {"u"});
  w.advance(milliseconds(5000));
  assign({{"u", 0}});
  handle().committed[t0] = 3;
  join(4, {"t"});
  w.advance(milliseconds(1001));
  assign({t0});
  CHECK(answered(4));
}

TEST_CASE_FIXTURE(group_talk, "a start that may not be committed") {
  const kafka::failure denied{"TOPIC_AUTHORIZATION_FAILED", "No.", false};
  begin_join(1, {"t"});
  begin_join(2, {"u"});
  w.run();
  handle().log_ends[t0] = handle().log_ends[u0] = 10;
  handle().emit_assigned({t0, u0});
  w.run();
  handle().answer_starts();
  w.run();
  handle().refuse_commits("t", denied);
  w.run();
  CHECK(mail_of(1).take_one<subscription_failed>().why.code == denied.code);
  // The others need not wait.
  CHECK(answered(2));
  REQUIRE(handle().assignments.size() == 1);
  CHECK(handle().assignments[0].starts.size() == 1);
  CHECK(owner(u0) == 2);
  // So is who comes before the next assignment; the group is left in peace.
  join(3, {"t"});
  CHECK(mail_of(3).take_one<subscription_failed>().why.code == denied.code);
  const auto before = handle().subscriptions.size();
  w.advance(seconds(10));
  CHECK(handle().subscriptions.size() == before);
}

TEST_CASE_FIXTURE(group_talk, "only starts that may be are committed again") {
  begin_join(1, {"t"});
  begin_join(2, {"u"});
  w.run();
  handle().emit_assigned({t0, u0});
  w.run();
  handle().answer_starts();
  w.run();
  const auto call = handle().commits.at(0);
  handle().commits.clear();
  handle().emit(kafka::committed{
      call.id,
      call.positions,
      coordinator,
      {{t0, {"TOPIC_AUTHORIZATION_FAILED", "No.", false}}, {u0, coordinator}}});
  w.run();
  CHECK(mail_of(1).take<subscription_failed>().size() == 1);
  CHECK(mail_of(2).take<subscription_failed>().empty());
  w.advance(milliseconds(1001));
  REQUIRE(handle().questions.size() == 1);
  CHECK(handle().questions[0].questions.size() == 1);
  settle();
  CHECK(answered(2));
}

TEST_CASE_FIXTURE(group_talk, "a lost generation is no refusal for good") {
  join(1, {"t"});
  handle().emit_assigned({t0});
  w.run();
  handle().answer_starts();
  w.run();
  handle().refuse_commits("t", {"ILLEGAL_GENERATION", "Old.", false});
  w.run();
  CHECK(mail_of(1).take<subscription_failed>().empty());
  w.advance(milliseconds(1001));
  settle();
  CHECK(answered(1));
}

TEST_CASE_FIXTURE(group_talk,
                  "a commit of the assignment before says nothing") {
  join(1, {"t"});
  handle().log_ends[t0] = handle().log_ends[t1] = 10;
  handle().emit_assigned({t0, t1});
  w.run();
  handle().answer_starts();
  w.run();
  const auto late = handle().commits;
  handle().commits.clear();
  handle().emit(kafka::revoked{{t0, t1}, false});
  w.run();
  handle().emit_assigned({t0});
  w.run();
  handle().emit(kafka::committed{late.at(0).id, late.at(0).positions, {}});
  w.run();
  settle();
  CHECK(handle().assignments.back().starts.size() == 1);
}

TEST_CASE_FIXTURE(group_talk, "a member without a partition is told success") {
  join(1, {"t"});
  assign({});
  CHECK_FALSE(answered(1));
  w.advance(milliseconds(501));
  CHECK(answered(1));
}

TEST_CASE_FIXTURE(group_talk, "an empty assignment is not believed at once") {
  join(1, {"t"});
  assign({});
  w.advance(milliseconds(300));
  handle().emit_revoked();
  w.run();
  w.advance(milliseconds(1000));
  CHECK_FALSE(answered(1));
  assign({t0});
  CHECK(answered(1));
}

TEST_CASE_FIXTURE(group_talk, "Kafka refuses the group: nobody waits for it") {
  subscribed(1, {"t"}, {t0});
  join(2, {"u"});
  join(3, {"u"});
  const kafka::failure refused{"GROUP_AUTHORIZATION_FAILED", "No.", false};
  SUBCASE("as a whole") {
    handle().emit(kafka::consumer_failed{refused, false, ""});
    w.run();
    for (const std::uint64_t ws : {2, 3}) {
      const auto failed = mail_of(ws).take_one<subscription_failed>();
      CHECK(failed.subscription == at(ws).subscription);
      CHECK(failed.why.code == "GROUP_AUTHORIZATION_FAILED");
      CHECK_FALSE(failed.why.retriable);
    }
  }
  SUBCASE("one topic of it: those who want that") {
    join(3, {"t"});
    mail_of(3).take<subscription_ready>();
    join(3, {"u", "t"});
    join(2, {"t", "v"});
    handle().emit(kafka::consumer_failed{refused, false, "u"});
    w.run();
    CHECK(mail_of(2).take<subscription_failed>().empty());
    CHECK(mail_of(3).take<subscription_failed>().size() == 1);
  }
  SUBCASE("for now: they wait") {
    handle().emit(kafka::consumer_failed{coordinator, false, ""});
    w.run();
    CHECK(mail_of(2).take<subscription_failed>().empty());
    CHECK(mail_of(3).take<subscription_failed>().empty());
  }
  // Who has what it asked for keeps it.
  CHECK(mail_of(1).take<subscription_failed>().empty());
  CHECK(w.sockets.closed(1).empty());
  CHECK(w.told.back().first == event::consumer_error);
}

TEST_CASE_FIXTURE(group_talk, "a refusal that Kafka tells once") {
  const kafka::failure refused{"GROUP_AUTHORIZATION_FAILED", "No.", false};
  join(1, {"t"});
  handle().emit(kafka::consumer_failed{refused, false, ""});
  w.run();
  leave(1);
  SUBCASE("is told to who comes later, too") {
    join(2, {"t"});
    CHECK(mail_of(2).take_one<subscription_failed>().why.code == refused.code);
  }
  SUBCASE("holds until Kafka assigns") {
    assign({t0});
    handle().emit_revoked();
    w.run();
    join(2, {"t"});
    CHECK(mail_of(2).take<subscription_failed>().empty());
    assign({t0});
    CHECK(answered(2));
  }
  SUBCASE("ends with the handle") {
    w.advance(w.options.consumer.group_linger + seconds(1));
    REQUIRE(handle().closing);
    handle().emit_closed();
    w.run();
    join(2, {"t"});
    CHECK(mail_of(2).take<subscription_failed>().empty());
  }
}

TEST_CASE_FIXTURE(group_talk,
                  "no handle: the subscribe fails, the group rests") {
  w.kafka.refuse_joins(kafka::failure{"LIMIT_REACHED", "No memory.", true});
  join(1, {"t"});
  CHECK(mail_of(1).take_one<subscription_failed>().why.code == "LIMIT_REACHED");
  CHECK(w.inbound.take_one<group_idle>().seen == 1);
}

TEST_SUITE_END();
