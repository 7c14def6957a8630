#include "test/actors/group_talk.hpp"

#include <doctest/doctest.h>

using namespace wskafka;
using std::chrono::milliseconds;
using std::chrono::seconds;
using test::group_talk;

namespace {

using reasons = std::vector<ws::close_reason>;

begin_stop stop_in(group_talk& talk, seconds time) {
  return begin_stop{talk.w.actors.now() + time};
}

}  // namespace

TEST_SUITE_BEGIN("actors/consumer_group/end");

TEST_CASE_FIXTURE(group_talk,
                  "the last one leaves: the group lingers, and goes") {
  subscribed(1, {"t"}, {t0});
  const auto end = fetch(t0, 4);
  leave(1, {end});
  confirm(1, end);
  settle();
  CHECK(committed(t0) == 14);
  w.advance(milliseconds(2900));
  CHECK_FALSE(handle().closing);
  w.advance(milliseconds(200));
  CHECK(handle().closing);
  handle().emit_closed();
  w.run();
  CHECK(w.inbound.take_one<group_idle>().seen == 1);
}

TEST_CASE_FIXTURE(group_talk, "who left may still confirm, without linger") {
  w.options.consumer.group_linger = milliseconds(0);
  subscribed(1, {"t"}, {t0});
  const auto end = fetch(t0, 4);
  leave(1, {end});
  w.advance(milliseconds(1900));
  CHECK_FALSE(handle().closing);
  SUBCASE("and does") {
    confirm(1, end);
    CHECK(handle().closing);
    settle();
    CHECK(committed(t0) == 14);
  }
  SUBCASE("and does not") {
    w.advance(milliseconds(200));
    CHECK(handle().closing);
    settle();
    CHECK(committed(t0) == 10);
  }
}

TEST_CASE_FIXTURE(group_talk,
                  "one that comes back meanwhile finds it as it was") {
  subscribed(1, {"t"}, {t0});
  leave(1, {}, true);
  w.advance(milliseconds(1000));
  join(2, {"t"});
  CHECK(answered(2));
  CHECK(owner(t0) == 2);
  w.advance(seconds(10));
  CHECK_FALSE(handle().closing);
  CHECK(w.kafka.joins == 1);
}

TEST_CASE_FIXTURE(group_talk, "nothing will be confirmed by one that is gone") {
  subscribed(1, {"t"}, {t0});
  const auto end = fetch(t0, 4);
  join(2, {"t"});
  leave(1, {end}, true);
  CHECK(owner(t0) == 2);
  CHECK(handle().position(t0) == 10);
}

TEST_CASE_FIXTURE(group_talk, "a closing group is opened again") {
  subscribed(1, {"t"}, {t0});
  leave(1);
  w.advance(milliseconds(3100));
  REQUIRE(handle().closing);
  join(2, {"t"});
  CHECK(w.kafka.joins == 1);
  handle().emit_closed();
  w.run();
  CHECK(w.kafka.joins == 2);
  assign({t0});
  CHECK(answered(2));
  CHECK(w.inbound.take<group_idle>().empty());
}

TEST_CASE_FIXTURE(group_talk, "a fatal error opens the group again") {
  subscribed(1, {"t"}, {t0});
  handle().emit(kafka::consumer_failed{{"FENCED", "Out.", false}, true, ""});
  w.run();
  REQUIRE(handle().closing);
  SUBCASE("and it goes on") {
    handle().emit_closed();
    w.run();
    CHECK(mail_of(1).take_one<partitions_moved>().partitions.at(0) == t0);
    assign({t0});
    w.advance(milliseconds(501));
    CHECK(owner(t0) == 1);
  }
  SUBCASE("or cannot: nobody is left behind") {
    w.kafka.refuse_joins(kafka::failure{"LIMIT_REACHED", "Full.", true});
    handle().emit_closed();
    w.run();
    CHECK(w.sockets.closed(1).size() == 1);
    CHECK(w.inbound.take<group_idle>().size() == 1);
  }
}

TEST_CASE_FIXTURE(group_talk, "what a pattern means meanwhile begins anew") {
  subscribed(1, {"t"}, {t0});
  handle().emit(kafka::consumer_failed{{"FENCED", "Out.", false}, true, ""});
  w.run();
  join_group wider;
  wider.topics = {"t", "u"};
  wider.fresh = {"u"};
  wider.widens = true;
  begin_join(1, wider);
  w.run();
  handle().emit_closed();
  w.run();
  assign({t0, u0});
  CHECK(handle().position(t0) == 10);
  CHECK(handle().position(u0) == 0);
}

TEST_CASE_FIXTURE(group_talk, "a member that goes at once leaves no group") {
  begin_join(1, {"t"});
  caf::anon_send(talk(), leave_group{1, at(1).subscription, true, {}});
  w.run();
  CHECK(w.kafka.joins == 0);
  CHECK(w.inbound.take_one<group_idle>().seen == 1);
}

TEST_CASE_FIXTURE(group_talk, "an abandoned find is counted") {
  tell(abandon_group{});
  CHECK(w.inbound.take_one<group_idle>().seen == 1);
}

TEST_CASE_FIXTURE(group_talk, "the stop confirms, commits and leaves") {
  subscribed(1, {"t"}, {t0});
  const auto end = fetch(t0, 4);
  tell(stop_in(*this, seconds(20)));
  CHECK_FALSE(handle().closing);
  give_back(1, {end});
  confirm(1, end);
  CHECK(handle().closing);
  REQUIRE(handle().commits.size() == 1);
  CHECK(handle().commits[0].positions.at(0).offset == 14);
  settle();
  CHECK(w.inbound.take<group_stopped>().empty());
  handle().emit_closed();
  w.run();
  CHECK(w.inbound.take_one<group_stopped>().clean);
}

TEST_CASE_FIXTURE(group_talk, "the stop tells where all stand") {
  join_group request;
  request.topics = {"t"};
  request.events = true;
  begin_join(1, request);
  w.run();
  assign({t0, t1});
  handle().fetch(t0, 4);
  caf::anon_send(talk(), stop_in(*this, seconds(20)));
  w.run();
  CHECK(mail_of(1).take<deliver>().size() == 1);
  const auto told = mail_of(1).take_one<group_draining>();
  REQUIRE(told.confirmed.size() == 2);
  CHECK(told.confirmed[0].at == t0);
  CHECK(told.confirmed[0].offset == 10);
  CHECK(told.confirmed[1].at == t1);
  CHECK(mail_of(1).take<take_back>().size() == 1);
}

TEST_CASE_FIXTURE(group_talk, "also what is confirmed while a commit is out") {
  subscribed(1, {"t"}, {t0});
  const auto end = fetch(t0, 4);
  confirm(1, {t0, end.owner_epoch, 12});
  REQUIRE(handle().commits.size() == 1);
  tell(stop_in(*this, seconds(20)));
  give_back(1, {end});
  confirm(1, end);
  settle();
  CHECK(committed(t0) == 14);
}

TEST_CASE_FIXTURE(group_talk, "also while a new subscription settles") {
  subscribed(1, {"t"}, {t0});
  const auto end = fetch(t0, 4);
  join(2, {"u"});
  w.advance(milliseconds(1001));
  tell(stop_in(*this, seconds(20)));
  CHECK(mail_of(2).take<subscription_failed>().size() == 1);
  give_back(1, {end});
  confirm(1, end);
  settle();
  CHECK(handle().closing);
  CHECK(committed(t0) == 14);
}

TEST_CASE_FIXTURE(group_talk, "the stop waits for nobody longer than that") {
  subscribed(1, {"t"}, {t0});
  fetch(t0, 4);
  tell(stop_in(*this, seconds(20)));
  w.advance(milliseconds(2100));
  CHECK(handle().closing);
  handle().emit_closed(true);
  w.run();
  CHECK_FALSE(w.inbound.take_one<group_stopped>().clean);
}

TEST_CASE_FIXTURE(group_talk, "the stop refuses who waits, and who comes") {
  join(1, {"t"});
  tell(stop_in(*this, seconds(20)));
  CHECK(mail_of(1).take_one<subscription_failed>().why.code == "SHUTTING_DOWN");
  join(2, {"t"});
  CHECK(mail_of(2).take<subscription_failed>().size() == 1);
  CHECK(handle().closing);
}

TEST_CASE_FIXTURE(group_talk, "a group at rest stops at once") {
  tell(stop_in(*this, seconds(20)));
  CHECK(w.inbound.take_one<group_stopped>().clean);
}

TEST_CASE_FIXTURE(group_talk, "a failing group ends its members' connections") {
  subscribed(1, {"t"}, {t0});
  join(2, {"u"});
  handle().broken = true;
  w.advance(milliseconds(1001));
  w.check_failed("consumer_group");
  CHECK(w.sockets.closed(1) == reasons{ws::close_reason::internal});
  CHECK(w.sockets.closed(2) == reasons{ws::close_reason::internal});
  CHECK(w.inbound.take<group_gone>().size() == 1);
  CHECK(handle().closing);
}

TEST_CASE_FIXTURE(group_talk, "a failing group holds no records") {
  subscribed(1, {"t"}, {t0});
  confirm(1, fetch(t0, 4));
  confirm(1, fetch(t0, 4));
  REQUIRE(handle().commits.size() == 1);
  handle().broken = true;
  // Its last commit throws, with records in the burst behind it.
  handle().emit(kafka::consumer_failed{{"FENCED", "Out.", false}, true, ""});
  handle().fetch(t0, 2);
  CHECK(w.book.held(net::direction::out) > 0);
  w.run();
  w.check_failed("consumer_group");
  CHECK(w.sockets.closed(1) == reasons{ws::close_reason::internal});
  CHECK(w.book.held(net::direction::out) == 0);
}

TEST_CASE_FIXTURE(group_talk, "its state shows positions and owners") {
  subscribed(1, {"t"}, {t0, t1});
  fetch(t0, 4);
  tell(describe{1, 0, test::listen_as_collector(w.actors, w.inbound)});
  const auto state = test::json::parse(w.inbound.take_one<described>().state);
  CHECK(state.at("kind") == "consumer_group");
  CHECK(state.at("phase") == "stable");
  REQUIRE(state.at("assignment").size() == 2);
  CHECK(state.at("assignment").at(0).at("ws") == 1);
  CHECK(state.at("assignment").at(0).at("position") == 14);
}

TEST_SUITE_END();
