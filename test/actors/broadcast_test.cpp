#include "test/actors/broadcast_talk.hpp"

#include <doctest/doctest.h>

#include <map>
#include <string>
#include <vector>

using namespace wskafka;
using std::chrono::milliseconds;
using test::broadcast_talk;
using test::json;
using test::strings;

using reasons = std::vector<ws::close_reason>;
using frame_list = std::vector<strings>;

TEST_SUITE_BEGIN("actors/broadcast");

TEST_CASE_FIXTURE(broadcast_talk, "the first begins, others only join") {
  begin();
  open(1);
  open(2);
  ask(1, R"("a")");
  REQUIRE(tails().begins.size() == 1);
  CHECK(tails().begins[0].topic == "a");
  ask(2, R"("a")");
  CHECK(tails().begins.size() == 1);
  CHECK(replies(1).empty());
  start();
  CHECK(reply(1) == "ok");
  CHECK(reply(2) == "ok");
  open(3);
  ask(3, R"("a")");
  CHECK(reply(3) == "ok");
  CHECK(tails().begins.empty());
}

TEST_CASE_FIXTURE(broadcast_talk, "a frame is made once, and all get it") {
  begin();
  join(1);
  join(2);
  fetch("x");
  CHECK(w.sockets.fan_outs == 1);
  CHECK(frames(1) == frame_list{{"x"}});
  CHECK(frames(2) == frame_list{{"x"}});
  CHECK(w.count.delivered == 2);
}

TEST_CASE_FIXTURE(broadcast_talk, "the last one's leave ends the tail") {
  begin();
  join(1);
  join(2);
  unsubscribe(1);
  CHECK(reply(1) == "ok");
  CHECK(tails().ended.empty());
  fetch("x");
  CHECK(frames(1).empty());
  CHECK(frames(2) == frame_list{{"x"}});
  close(2);
  CHECK(tails().ended.empty());
  linger();
  CHECK(tails().ended == strings{"a"});
  // Its actor has retired, and a new one begins.
  ask(1, R"("a")");
  CHECK(tails().begins.size() == 1);
  start();
  CHECK(reply(1) == "ok");
  fetch("y");
  CHECK(frames(1) == frame_list{{"y"}});
}

TEST_CASE_FIXTURE(broadcast_talk, "frames with meta are made once, too") {
  begin();
  join(1);
  for (const std::uint64_t ws : {2, 3}) {
    open(ws);
    say(ws,
        R"({"id":1,"t":"topic","a":"subscribe","p":{"t":["a"],"broadcast":true,"meta":true}})");
    CHECK(reply(ws) == "ok");
  }
  fetch("x");
  CHECK(w.sockets.fan_outs == 2);
  CHECK(replies(1).at(0).at(0).count("meta") == 0);
  CHECK(w.count.delivered == 3);
  const json told = replies(2).at(0).at(0);
  CHECK(told.at("p") == "x");
  CHECK(told.at("meta").at("offset") == 0);
  CHECK(replies(3).at(0).at(0) == told);
  // Nobody has them made any more.
  unsubscribe(2);
  close(3);
  fetch("y");
  CHECK(w.sockets.fan_outs == 3);
  CHECK(frames(1) == frame_list{{"y"}});
}

TEST_CASE_FIXTURE(broadcast_talk, "a member may be silent") {
  begin();
  join(1);
  CHECK(w.sockets.silent(1));
  unsubscribe(1);
  CHECK_FALSE(w.sockets.silent(1));
}

TEST_CASE_FIXTURE(broadcast_talk, "a tail is kept for who comes back soon") {
  begin();
  join(1);
  unsubscribe(1);
  reply(1);
  w.advance(w.options.consumer.group_linger / 2);
  ask(1, R"("a")");
  CHECK(reply(1) == "ok");
  linger();
  fetch("x");
  CHECK(frames(1) == frame_list{{"x"}});
  CHECK(tails().ended.empty());
}

TEST_CASE_FIXTURE(broadcast_talk,
                  "a tail that cannot begin fails its members") {
  begin();
  open(1);
  open(2);
  ask(1, R"("a")");
  ask(2, R"("a")");
  tails().fail_begins({"TIMEOUT", "No answer.", true});
  w.run();
  CHECK(reply(1) == "TIMEOUT");
  CHECK(reply(2) == "TIMEOUT");
  CHECK(w.told.back().first == event::consumer_error);
  ask(1, R"("a")");
  start();
  CHECK(reply(1) == "ok");
}

TEST_CASE_FIXTURE(broadcast_talk, "the reply comes when all topics stand") {
  begin();
  join(1, R"("b")");
  open(2);
  ask(2, R"("a","b")");
  CHECK(replies(2).empty());
  fetch("too early", "b");
  CHECK(replies(2).empty());
  start();
  CHECK(reply(2) == "ok");
  fetch("x", "b");
  fetch("y", "a");
  CHECK(frames(2) == frame_list{{"x"}, {"y"}});
  unsubscribe(2);
  linger();
  CHECK(tails().ended == strings{"a"});
}

TEST_CASE_FIXTURE(broadcast_talk,
                  "one topic that fails is all that is needed") {
  begin();
  join(1, R"("b")");
  open(2);
  ask(2, R"("a","b")");
  tails().fail_begins({"UNKNOWN_TOPIC_OR_PARTITION", "It is gone.", true});
  w.run();
  CHECK(reply(2) == "UNKNOWN_TOPIC_OR_PARTITION");
  fetch("x", "b");
  CHECK(frames(2).empty());
  CHECK(frames(1) == frame_list{{"x"}});
}

TEST_CASE_FIXTURE(broadcast_talk, "records wait in the topic's mq buffer") {
  w.options.consumer.mq_interval = milliseconds(50);
  w.options.consumer.mq_limit = 3;
  begin();
  join(1);
  fetch("1");
  fetch("2");
  CHECK(frames(1).empty());
  SUBCASE("for the interval") {
    w.advance(milliseconds(51));
    CHECK(frames(1) == frame_list{{"1", "2"}});
  }
  SUBCASE("until there are enough") {
    fetch("3");
    CHECK(frames(1) == frame_list{{"1", "2", "3"}});
    w.advance(milliseconds(51));
    CHECK(frames(1).empty());
  }
}

TEST_CASE_FIXTURE(broadcast_talk, "records of an earlier tail are dropped") {
  begin();
  join(1);
  const auto& reader = tails();
  auto late = std::make_shared<protocol::record_batch>();
  late->topic = "a";
  late->records.emplace_back();
  kafka::tail_records event;
  event.what.batch = late;
  event.what.held = net::charge(reader.payer, net::direction::out, 10);
  tails().emit(std::move(event));
  w.run();
  CHECK(frames(1).empty());
  CHECK(reader.payer->held(net::direction::out) == 0);
}

TEST_CASE_FIXTURE(broadcast_talk,
                  "what an earlier tail tells late is dropped") {
  begin();
  open(1);
  ask(1, R"("a")");
  const std::uint32_t earlier = tails().begins[0].epoch;
  start();
  CHECK(reply(1) == "ok");
  unsubscribe(1);
  reply(1);
  // Its actor has retired.
  linger();
  ask(1, R"("a")");
  tails().emit(kafka::tail_started{"a", earlier, {{{"a", 0}, 7}}});
  w.run();
  CHECK(replies(1).empty());
  start();
  CHECK(reply(1) == "ok");
}

TEST_CASE_FIXTURE(broadcast_talk, "records above max_record_out are skipped") {
  w.options.websocket.max_record_out = 100;
  begin();
  join(1);
  fetch(std::string(100, 'x'));
  CHECK(frames(1).empty());
  CHECK(w.count.oversized_records == 1);
  fetch("y");
  CHECK(frames(1) == frame_list{{"y"}});
}

TEST_CASE_FIXTURE(broadcast_talk, "a tail that ends closes its members") {
  begin();
  join(1);
  open(2);
  SUBCASE("of this topic") {
    tails().emit(kafka::tail_failed{"a", 1, {"INTERNAL", "Gone.", true}, true});
  }
  const test::fake_tails& before = tails();
  bool replaced = false;
  SUBCASE("with the whole reader, and the next one gets a new reader") {
    tails().emit(kafka::tail_failed{"", 0, {"INTERNAL", "Gone.", true}, true});
    replaced = true;
  }
  w.run();
  CHECK(closed(1) == reasons{ws::close_reason::internal});
  ask(2, R"("a")");
  CHECK((&before != &tails()) == replaced);
  CHECK(before.closing.has_value() == replaced);
  // However soon it comes: nothing is to be had from the one that ended.
  CHECK(tails().begins.size() == 1);
  start();
  CHECK(reply(2) == "ok");
  fetch("x");
  CHECK(frames(2) == frame_list{{"x"}});
}

TEST_CASE_FIXTURE(broadcast_talk,
                  "an error that heals itself is told, no more") {
  begin();
  join(1);
  tails().vanish("a", {"UNKNOWN_TOPIC_OR_PARTITION", "It is gone.", true});
  w.run();
  CHECK(closed(1).empty());
  CHECK(w.told.back() ==
        std::pair{event::consumer_error, std::string("It is gone.")});
  const auto told = w.told.size();
  tails().grow("a", 1);
  tails().jump({"a", 0}, 7, false);
  w.run();
  CHECK(w.told.size() == told + 1);
  fetch("x");
  CHECK(frames(1) == frame_list{{"x"}});
}

TEST_CASE_FIXTURE(broadcast_talk, "who gives up before it stands leaves it") {
  begin();
  open(1);
  ask(1, R"("a")");
  SUBCASE("by a later unsubscribe") {
    unsubscribe(1);
    const auto all = replies(1);
    REQUIRE(all.size() == 2);
    CHECK(all[0].at("p").at("code") == "SUPERSEDED");
    CHECK(all[1].at("s") == 0);
  }
  SUBCASE("by a close") {
    close(1);
  }
  SUBCASE("by its deadline") {
    w.advance(w.options.kafka.request_timeout + milliseconds(1));
    CHECK(reply(1) == "TIMEOUT");
  }
  CHECK(tails().ended == strings{"a"});
}

TEST_CASE_FIXTURE(broadcast_talk,
                  "a subscribe and an unsubscribe in one frame") {
  begin();
  open(1);
  say(1,
      R"([{"id":1,"t":"topic","a":"subscribe","p":{"t":["a"],"broadcast":true}},)"
      R"({"id":2,"t":"topic","a":"unsubscribe"}])");
  CHECK(replies(1).size() == 2);
  open(2);
  ask(2, R"("a")");
  start();
  CHECK(reply(2) == "ok");
  fetch("x");
  CHECK(frames(1).empty());
  CHECK(frames(2) == frame_list{{"x"}});
}

TEST_CASE_FIXTURE(broadcast_talk,
                  "a group's subscription is replaced, and back") {
  begin();
  open(1);
  subscribe(1, "a", "g");
  replies(1);
  ask(1, R"("a")");
  start();
  CHECK(reply(1) == "ok");
  fetch("all");
  CHECK(frames(1) == frame_list{{"all"}});
  subscribe(1, "a", "g");
  linger();
  CHECK(tails().ended == strings{"a"});
}

TEST_CASE_FIXTURE(broadcast_talk,
                  "an exception ends the members, not the rest") {
  begin();
  join(1, R"("b")");
  open(2);
  tails().broken = true;
  ask(2, R"("a")");
  w.check_failed("broadcast");
  CHECK(reply(2) == "INTERNAL");
  CHECK(closed(1).empty());
  tails().broken = false;
  ask(2, R"("a")");
  start();
  CHECK(reply(2) == "ok");
}

TEST_CASE_FIXTURE(broadcast_talk, "the stop flushes, and answers who waits") {
  w.options.consumer.mq_interval = milliseconds(60'000);
  begin();
  join(1);
  fetch("last");
  open(2);
  ask(2, R"("b")");
  stop();
  CHECK(frames(1) == frame_list{{"last"}});
  CHECK(reply(2) == "SHUTTING_DOWN");
  CHECK(stopped == std::vector<std::pair<bool, bool>>{{false, true}});
  ask(2, R"("a")");
  CHECK(reply(2) == "SHUTTING_DOWN");
}

TEST_CASE_FIXTURE(broadcast_talk, "its state is told") {
  begin();
  join(1);
  fetch("x");
  frames(1);
  say(1, R"({"id":9,"t":"health","p":{"detail":true}})");
  std::map<std::string, json> states;
  const json reply = replies(1).at(0);
  for (const json& state : reply.at("p").at("actors"))
    states[state.at("kind")] = state;
  CHECK(states.at("connection").at("broadcast") == true);
  CHECK(states.at("connection").at("topics") == json{"a"});
  CHECK(states.at("broadcast").at("id") == "a");
  CHECK(states.at("broadcast").at("members") == 1);
  CHECK(states.at("broadcast").at("positions").at(0).at("position") == 1);
}

TEST_SUITE_END();
