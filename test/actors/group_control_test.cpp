#include "test/actors/group_talk.hpp"

#include <doctest/doctest.h>

using namespace wskafka;
using std::chrono::milliseconds;
using test::group_talk;

namespace {

/// Member 1 has both partitions and asks this and that of them.
struct group_control_talk : group_talk {
  group_control_talk() { subscribed(1, {"t"}, {t0, t1}); }

  void ask(partition_action what, std::vector<kafka::position> which,
           std::vector<owned_position> sent = {}, bool all = false) {
    control_partitions order;
    order.ws = 1;
    order.request = ++requests;
    order.what = what;
    order.partitions = std::move(which);
    order.all = all;
    order.sent = std::move(sent);
    order.deadline = w.actors.now() + milliseconds(1000);
    tell(std::move(order));
  }
  partitions_controlled answer() {
    auto told = mail_of(1).take_one<partitions_controlled>();
    CHECK(told.request == requests);
    return told;
  }
  std::int64_t told() {
    const auto all = answer();
    CHECK_FALSE(all.why);
    REQUIRE(all.positions.size() == 1);
    return all.positions[0].offset;
  }
  std::string refused() {
    const auto told = answer();
    REQUIRE(told.why);
    return told.why->code;
  }
  std::size_t records_for(std::uint64_t ws) {
    std::size_t count = 0;
    for (const deliver& message : mail_of(ws).take<deliver>())
      for (const delivery& d : *message.what)
        count += d.messages();
    return count;
  }
  std::uint64_t requests = 0;
};

join_group with_events(std::vector<std::string> topics) {
  join_group request;
  request.topics = std::move(topics);
  request.events = true;
  return request;
}

}  // namespace

TEST_SUITE_BEGIN("actors/consumer_group/control");

TEST_CASE_FIXTURE(group_control_talk,
                  "a pause stops one partition behind what was sent") {
  auto sent = fetch(t0, 5);
  sent.offset -= 2;
  ask(partition_action::pause, {{t0, 0}}, {sent});
  CHECK(told() == 13);
  CHECK(handle().owner(t0) == nullptr);
  CHECK(handle().position(t0) == 13);
  CHECK(owner(t1) == 1);
  // What was on its way is of no use.
  handle().fetch(t0, 1);
  w.run();
  CHECK(records_for(1) == 0);
  // Its confirmations still count.
  confirm(1, sent);
  settle();
  CHECK(committed(t0) == 13);
  ask(partition_action::position, {}, {sent}, true);
  const auto all = answer();
  REQUIRE(all.positions.size() == 2);
  CHECK(all.positions[0].offset == 13);
  CHECK(all.positions[1].offset == 10);
  ask(partition_action::resume, {{t0, 0}}, {sent});
  CHECK(told() == 13);
  CHECK(owner(t0) == 1);
  CHECK(fetch(t0, 1).offset == 14);
}

TEST_CASE_FIXTURE(group_control_talk, "all that it owns, when it names none") {
  ask(partition_action::pause, {}, {}, true);
  CHECK(answer().positions.size() == 2);
  CHECK(handle().owner(t0) == nullptr);
  CHECK(handle().owner(t1) == nullptr);
  ask(partition_action::resume, {}, {}, true);
  CHECK(answer().positions.size() == 2);
  CHECK(owner(t0) == 1);
  CHECK(owner(t1) == 1);
}

TEST_CASE_FIXTURE(group_control_talk,
                  "what it does not own is refused, the rest goes on") {
  const auto sent = fetch(t0, 3);
  ask(partition_action::pause, {{t0, 0}, {{"u", 0}, 0}}, {sent});
  CHECK(refused() == "INVALID_REQUEST");
  CHECK(owner(t0) == 1);
  CHECK(fetch(t0, 1).offset == 14);
}

TEST_CASE_FIXTURE(group_control_talk,
                  "a refused pause has dropped records fetched again") {
  auto sent = fetch(t0, 5);
  sent.offset = 12;
  ask(partition_action::pause, {{t0, 0}, {{"u", 0}, 0}}, {sent});
  CHECK(refused() == "INVALID_REQUEST");
  CHECK(handle().position(t0) == 12);
  CHECK(fetch(t0, 1).offset == 13);
}

TEST_CASE_FIXTURE(group_control_talk,
                  "a seek is committed, then answered, then flows") {
  auto sent = fetch(t0, 5);
  const std::uint32_t before = sent.owner_epoch;
  for (const std::int64_t to : {3, 14}) {
    CAPTURE(to);
    ask(partition_action::seek, {{t0, to}}, {sent});
    CHECK(mail_of(1).take<partitions_controlled>().empty());
    CHECK(handle().owner(t0) == nullptr);
    handle().answer_commits();
    w.run();
    CHECK(told() == to);
    CHECK(committed(t0) == to);
    CHECK(owner(t0) == 1);
    CHECK(handle().position(t0) == to);
  }
  const auto now = fetch(t0, 1);
  CHECK(now.offset == 15);
  CHECK(now.owner_epoch != before);
  // What was sent before confirms nothing any more.
  confirm(1, sent);
  settle();
  CHECK(committed(t0) == 14);
  confirm(1, now);
  w.advance(milliseconds(10'000));
  settle();
  CHECK(committed(t0) == 15);
}

TEST_CASE_FIXTURE(group_control_talk,
                  "a seek that is not committed changes nothing") {
  const auto sent = fetch(t0, 5);
  ask(partition_action::seek, {{t0, 3}}, {sent});
  handle().fail_commits({"NOT_COORDINATOR", "Not me.", true});
  w.run();
  CHECK(refused() == "NOT_COORDINATOR");
  CHECK(owner(t0) == 1);
  CHECK(handle().position(t0) == 15);
  // Kafka may have taken it all the same.
  handle().committed[t0] = 3;
  w.advance(milliseconds(10'000));
  settle();
  CHECK(committed(t0) == 10);
  confirm(1, sent);
  w.advance(milliseconds(10'000));
  settle();
  CHECK(committed(t0) == 15);
}

TEST_CASE_FIXTURE(group_control_talk,
                  "a seek that comes too late is not where the next begins") {
  const auto sent0 = fetch(t0, 2);
  const auto sent1 = fetch(t1, 2);
  ask(partition_action::seek, {{t0, 3}, {t1, 3}}, {sent0, sent1});
  const auto call = handle().commits.back();
  handle().commits.clear();
  leave(1, {sent0, sent1}, true);
  join(2, {"t"});
  REQUIRE(owner(t0) == 2);
  CHECK(handle().position(t0) == 10);
  handle().committed[t0] = handle().committed[t1] = 3;
  handle().emit(kafka::committed{call.id, call.positions, std::nullopt});
  w.run();
  w.advance(milliseconds(10'000));
  settle();
  CHECK(committed(t0) == 10);
  CHECK(committed(t1) == 10);
}

TEST_CASE_FIXTURE(group_control_talk,
                  "a seek that comes too late has dropped records come again") {
  const auto before = fetch(t0, 2);
  ask(partition_action::seek, {{t0, 3}}, {before});
  const auto call = handle().commits.back();
  handle().emit_revoked(true);
  w.run();
  handle().commits.clear();
  assign({t0, t1});
  REQUIRE(owner(t0) == 1);
  // The connection drops them as long as its seek is not answered.
  const auto dropped = fetch(t0, 2);
  REQUIRE(dropped.offset == 12);
  handle().fetch(t0, 1);
  handle().emit(kafka::committed{call.id, call.positions, std::nullopt});
  w.run();
  CHECK(refused() == "REBALANCE_IN_PROGRESS");
  CHECK(owner(t0) == 1);
  CHECK(handle().position(t0) == 10);
  // Nor do they count as read by what follows them.
  confirm(1, {t0, dropped.owner_epoch, 13});
  w.advance(milliseconds(10'000));
  settle();
  CHECK(committed(t0) == 10);
  const auto again = fetch(t0, 3);
  CHECK(again.offset == 13);
  confirm(1, again);
  w.advance(milliseconds(10'000));
  settle();
  CHECK(committed(t0) == 13);
}

TEST_CASE_FIXTURE(group_control_talk, "without commits a seek is none either") {
  w.options.consumer.auto_commit = false;
  ask(partition_action::seek, {{t0, 3}});
  CHECK(told() == 3);
  CHECK(handle().position(t0) == 3);
}

TEST_CASE_FIXTURE(group_control_talk,
                  "a pause lasts over a rebalance, a seek may not") {
  const auto sent = fetch(t0, 2);
  ask(partition_action::pause, {{t0, 0}}, {sent});
  answer();
  handle().emit_revoked();
  w.run();
  give_back(1, {sent});
  // Meanwhile nobody knows whose it will be.
  ask(partition_action::resume, {{t1, 0}});
  CHECK(mail_of(1).take<partitions_controlled>().empty());
  confirm(1, sent);
  settle();
  assign({t0, t1});
  answer();
  CHECK(handle().owner(t0) == nullptr);
  CHECK(owner(t1) == 1);
  CHECK(handle().position(t0) == 12);
  ask(partition_action::seek, {{t0, 1}});
  const auto call = handle().commits.back();
  handle().emit_revoked(true);
  w.run();
  handle().emit(kafka::committed{call.id, call.positions, std::nullopt});
  w.run();
  CHECK(refused() == "REBALANCE_IN_PROGRESS");
}

TEST_CASE_FIXTURE(group_control_talk, "a pause ends with its subscription") {
  ask(partition_action::pause, {}, {}, true);
  answer();
  join(1, {"t"});
  CHECK(owner(t0) == 1);
  CHECK(owner(t1) == 1);
}

TEST_CASE_FIXTURE(group_control_talk,
                  "one that comes too late changes nothing") {
  const auto sent = fetch(t0, 2);
  control_partitions late;
  late.ws = 1;
  late.request = ++requests;
  late.what = partition_action::pause;
  late.all = true;
  late.sent = {sent};
  late.deadline = w.actors.now();
  tell(std::move(late));
  CHECK(refused() == "TIMEOUT");
  CHECK(owner(t0) == 1);
}

TEST_CASE_FIXTURE(group_talk,
                  "the start that a member names, where no commit is") {
  join_group request;
  request.topics = {"t"};
  auto start = std::make_shared<start_point>();
  SUBCASE("earliest") {
    start->what = start_point::kind::earliest;
  }
  SUBCASE("a time") {
    start->what = start_point::kind::time;
    start->time = 4;
  }
  const std::int64_t expected = start->time;
  request.start = start;
  begin_join(1, request);
  w.run();
  handle().committed[t1] = 6;
  assign({t0, t1});
  const auto ready = mail_of(1).take_one<subscription_ready>();
  REQUIRE(ready.starts.size() == 2);
  CHECK(ready.starts[0].offset == expected);
  CHECK(ready.starts[1].offset == 6);
  CHECK(handle().position(t0) == expected);
  CHECK(handle().position(t1) == 6);
}

TEST_CASE_FIXTURE(group_talk, "events tell what is whose") {
  begin_join(1, with_events({"t"}));
  w.run();
  assign({t0, t1});
  const auto first = mail_of(1).take_one<ownership_changed>();
  CHECK(first.assigned);
  CHECK(first.positions.size() == 2);
  // Half of it goes to another.
  const auto sent0 = fetch(t0, 2);
  const auto sent1 = fetch(t1, 2);
  join(2, {"t"});
  const auto order = mail_of(1).take_one<take_back>();
  REQUIRE(order.partitions.size() == 1);
  const auto& moving = order.partitions[0];
  const auto& sent = moving == t0 ? sent0 : sent1;
  tell(gave_back{1, order.order, {sent}});
  CHECK(mail_of(1).take<ownership_changed>().empty());
  confirm(1, sent);
  const auto gone = mail_of(1).take_one<ownership_changed>();
  CHECK_FALSE(gone.assigned);
  REQUIRE(gone.positions.size() == 1);
  CHECK(gone.positions[0].at == moving);
  CHECK(gone.positions[0].offset == 12);
  CHECK(mail_of(2).take<ownership_changed>().empty());
  CHECK(mail_of(1).take_one<partitions_moved>().partitions.at(0) == moving);
  // What a rebalance returns was never gone.
  handle().emit_revoked();
  w.run();
  give_back(1, {moving == t0 ? sent1 : sent0});
  give_back(2, {});
  w.advance(milliseconds(60'000));
  settle();
  assign({t0, t1});
  CHECK(mail_of(1).take<ownership_changed>().empty());
  CHECK(mail_of(1).take<partitions_moved>().empty());
  // What is lost is.
  handle().emit_revoked(true);
  w.run();
  CHECK_FALSE(mail_of(1).take_one<ownership_changed>().assigned);
  CHECK(mail_of(1).take<partitions_moved>().size() == 1);
}

TEST_CASE_FIXTURE(group_talk, "who hears of events hears of a wider topic") {
  begin_join(1, with_events({"t"}));
  w.run();
  assign({t0});
  mail_of(1).clear();
  join_group wider = with_events({"t", "u"});
  wider.widens = true;
  begin_join(1, wider);
  w.advance(milliseconds(1001));
  // Not the client's own doing: it loses one meanwhile.
  handle().emit_revoked();
  w.run();
  give_back(1, {});
  w.advance(milliseconds(10'000));
  settle();
  assign({u0, t1});
  CHECK(answered(1));
  const auto told = mail_of(1).take<ownership_changed>();
  REQUIRE(told.size() == 2);
  CHECK_FALSE(told[0].assigned);
  CHECK(told[0].positions.at(0).at == t0);
  CHECK(told[1].assigned);
  REQUIRE(told[1].positions.size() == 2);
  CHECK(told[1].positions[0].at == t1);
}

TEST_CASE_FIXTURE(group_control_talk, "a wider topic ends no pause") {
  ask(partition_action::pause, {}, {}, true);
  answer();
  join_group wider;
  wider.topics = {"t", "u"};
  wider.widens = true;
  begin_join(1, wider);
  w.run();
  CHECK(handle().owner(t0) == nullptr);
  CHECK(handle().owner(t1) == nullptr);
}

TEST_CASE_FIXTURE(group_talk, "errors are events for those of the topic") {
  begin_join(1, with_events({"t"}));
  begin_join(2, with_events({"u"}));
  join(3, {"t"});
  assign({t0, {"u", 0}});
  handle().emit(kafka::consumer_failed{
      {"TOPIC_AUTHORIZATION_FAILED", "No.", false}, false, "t"});
  w.run();
  const auto told = mail_of(1).take_one<subscription_trouble>();
  CHECK(told.topic == "t");
  CHECK(told.why.code == "TOPIC_AUTHORIZATION_FAILED");
  CHECK(mail_of(2).take<subscription_trouble>().empty());
  CHECK(mail_of(3).take<subscription_trouble>().empty());
}

TEST_SUITE_END();
