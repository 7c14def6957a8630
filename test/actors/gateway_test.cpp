#include "test/actors/gateway_talk.hpp"

#include <doctest/doctest.h>

using namespace wskafka;
using std::chrono::milliseconds;
using std::chrono::seconds;
using test::gateway_talk;
using test::json;
using steps = std::vector<std::pair<bool, bool>>;

namespace {

const std::string publishing = R"({"id":1,"t":"notif","p":{"t":"t","m":"a"}})";

}  // namespace

TEST_SUITE_BEGIN("actors/gateway");

TEST_CASE_FIXTURE(gateway_talk, "it says when the routers stand") {
  begin();
  CHECK(ready);
  CHECK(*slot);
}

TEST_CASE_FIXTURE(gateway_talk, "a record goes all the way to its reader") {
  begin();
  open(1);
  subscribe(1, "t", "g");
  auto sent = replies(1);
  REQUIRE(sent.size() == 1);
  CHECK(sent[0].at("s") == 0);
  w.kafka.group("g").fetch({"t", 0}, 2);
  w.advance(milliseconds(51));
  sent = replies(1);
  REQUIRE(sent.size() == 1);
  CHECK(sent[0].at(1).at("p") == "t/0/1");
  put(ws::confirmed{w.open(1).ref, w.sockets.confirmable(1)});
  w.advance(milliseconds(501));
  w.kafka.group("g").settle([this] { w.run(); });
  CHECK(w.kafka.group("g").committed.at({"t", 0}) == 2);
}

TEST_CASE_FIXTURE(gateway_talk, "two connections share the group's one actor") {
  begin();
  open(1);
  open(2);
  subscribe(1, "t", "g");
  subscribe(2, "t", "g");
  CHECK(w.kafka.joins == 1);
}

TEST_CASE_FIXTURE(gateway_talk, "one group too many is refused") {
  w.options.consumer.max_groups = 1;
  begin();
  open(1);
  open(2);
  subscribe(1, "t", "g");
  say(2, R"({"id":2,"t":"topic","a":"subscribe",)"
         R"("p":{"t":["t"],"consumer_group":"h"}})");
  const json reply = replies(2).at(0);
  CHECK(reply.at("p").at("code") == "LIMIT_REACHED");
  CHECK(std::string(reply.at("p").at("message")).find("p.broadcast") !=
        std::string::npos);
}

TEST_CASE_FIXTURE(gateway_talk, "a group that retired makes room") {
  w.options.consumer.max_groups = 1;
  begin();
  open(1);
  open(2);
  subscribe(1, "t", "g");
  close(1);
  w.advance(milliseconds(3100));
  REQUIRE(w.kafka.group("g").closing);
  w.kafka.group("g").emit_closed();
  w.run();
  subscribe(2, "t", "h");
  CHECK(replies(2).at(0).at("s") == 0);
}

TEST_CASE_FIXTURE(gateway_talk,
                  "a group that is sought again does not retire") {
  begin();
  open(1);
  open(2);
  subscribe(1, "t", "g");
  close(1);
  w.advance(milliseconds(3100));
  REQUIRE(w.kafka.group("g").closing);
  // Both are on their way: the end of the handle, and one who comes.
  say(2, R"({"id":2,"t":"topic","a":"subscribe",)"
         R"("p":{"t":["t"],"consumer_group":"g"}})");
  w.kafka.group("g").emit_closed();
  w.run();
  w.kafka.group("g").emit_assigned({{"t", 0}});
  w.kafka.group("g").settle([this] { w.run(); });
  CHECK(replies(2).at(0).at("s") == 0);
}

TEST_CASE_FIXTURE(gateway_talk, "an idle group that is counted on stays") {
  begin();
  const auto seeker = test::listen_as_connection(w.actors, other);
  tell(find_group{"g", 1, group_seeker{seeker}});
  tell(find_group{"g", 2, group_seeker{seeker}});
  const auto found = other.take<group_found>();
  REQUIRE(found.size() == 2);
  CHECK(found[0].group == found[1].group);
  caf::anon_send(found[0].group, abandon_group{});
  w.run();
  tell(find_group{"g", 3, group_seeker{seeker}});
  CHECK(other.take_one<group_found>().group == found[0].group);
  caf::anon_send(found[0].group, abandon_group{});
  caf::anon_send(found[0].group, abandon_group{});
  w.run();
  // Retired: a new one comes.
  tell(find_group{"g", 4, group_seeker{seeker}});
  const auto anew = other.take_one<group_found>();
  CHECK(anew.group != found[0].group);
  caf::anon_send(anew.group, abandon_group{});
  w.run();
}

TEST_CASE_FIXTURE(gateway_talk, "the stop of an idle server is one step each") {
  begin();
  stop();
  CHECK(stopped == steps{{false, true}});
  stop(true);
  CHECK(stopped.back() == std::pair(true, true));
}

TEST_CASE_FIXTURE(gateway_talk, "the stop waits for producers and groups") {
  begin();
  open(1);
  subscribe(1, "t", "g");
  open(2);
  say(2, publishing);
  replies(1);
  w.kafka.group("g").fetch({"t", 0}, 1);
  w.run();
  stop();
  // The delivery was flushed, and what was buffered is with the edge.
  CHECK(replies(1).size() == 1);
  CHECK(w.kafka.producer().values().size() == 1);
  CHECK(stopped.empty());
  put(ws::confirmed{w.open(1).ref, w.sockets.confirmable(1)});
  w.kafka.group("g").settle([this] { w.run(); });
  CHECK(w.kafka.group("g").committed.at({"t", 0}) == 1);
  CHECK(stopped.empty());
  w.kafka.group("g").emit_closed();
  w.run();
  CHECK(stopped == steps{{false, true}});
  w.kafka.producer().report();
  stop(true);
  CHECK(stopped.back() == std::pair(true, true));
}

TEST_CASE_FIXTURE(gateway_talk, "the stop takes acks of the last records") {
  begin();
  open(1);
  subscribe(1, "t", "g", R"(,"commit":"ack")");
  replies(1);
  w.kafka.group("g").fetch({"t", 0}, 2);
  w.run();
  stop();
  CHECK(replies(1).size() == 1);
  say(1,
      R"({"t":"notif","a":"ack","p":[{"topic":"t","partition":0,"offset":1}]})");
  CHECK(replies(1).empty());
  w.kafka.group("g").settle([this] { w.run(); });
  CHECK(w.kafka.group("g").committed.at({"t", 0}) == 2);
  w.kafka.group("g").emit_closed();
  w.run();
  CHECK(stopped == steps{{false, true}});
}

TEST_CASE_FIXTURE(gateway_talk, "what is asked of topics is answered at last") {
  begin();
  open(1);
  say(1, R"({"id":1,"t":"topic","a":"list"})");
  say(1, R"({"id":2,"t":"topic","a":"offsets","p":{"topics":["t"]}})");
  stop();
  CHECK(replies(1).empty());
  stop(true);
  const auto all = replies(1);
  REQUIRE(all.size() == 2);
  for (const json& reply : all)
    CHECK(reply.at("p").at("code") == "SHUTTING_DOWN");
  CHECK(stopped.back() == std::pair(true, true));
}

TEST_CASE_FIXTURE(gateway_talk, "also for what a router is about to take") {
  w.kafka.set_topic("t", 1);
  begin();
  open(1);
  say(1, publishing);
  // Behind the order here, before it at the router.
  caf::anon_send(actor, begin_stop{w.actors.now() + seconds(20)});
  say(1, publishing);
  CHECK(stopped == steps{{false, true}});
  CHECK(handed_over == 2);
  CHECK(replies(1).empty());
  w.kafka.producer().report();
}

TEST_CASE_FIXTURE(gateway_talk, "a router that failed is not waited for") {
  begin();
  REQUIRE(*slot);
  caf::anon_send(*slot, retire{});
  w.run();
  stop();
  CHECK(stopped.empty());
  caf::send_as(caf::actor_cast<caf::actor>(*slot), actor,
               actor_failed{"router"});
  w.run();
  CHECK(stopped == steps{{false, true}});
}

TEST_CASE_FIXTURE(gateway_talk,
                  "what waits for its topic is given up at last") {
  begin();
  open(1);
  say(1, R"({"id":1,"t":"notif","p":{"t":"new","m":"a"}})");
  stop();
  CHECK(stopped.empty());
  stop(true);
  CHECK(replies(1).at(0).at("p").at("code") == "SHUTTING_DOWN");
  CHECK(stopped == steps{{true, true}});
}

TEST_CASE_FIXTURE(gateway_talk, "while stopping no group is opened") {
  begin();
  stop();
  tell(find_group{"g", 1,
                  group_seeker{test::listen_as_connection(w.actors, other)}});
  CHECK(other.take_one<group_refused>().why.code == "SHUTTING_DOWN");
}

TEST_CASE_FIXTURE(gateway_talk, "a group that rests as the stop begins") {
  begin();
  {
    const auto seeker = test::listen_as_connection(w.actors, other);
    tell(find_group{"g", 1, group_seeker{seeker}});
  }
  const auto found = other.take_one<group_found>();
  // Its `group_idle` crosses the order to stop.
  caf::anon_send(found.group, abandon_group{});
  caf::anon_send(actor, begin_stop{w.actors.now() + seconds(20)});
  w.run();
  CHECK(stopped == steps{{false, true}});
}

TEST_CASE_FIXTURE(gateway_talk, "a router that fails is told to the server") {
  begin();
  tell(actor_failed{"router"});
  CHECK(failed == 1);
}

TEST_CASE_FIXTURE(gateway_talk, "a router that throws stops the server") {
  begin();
  open(1);
  w.sockets.broken = true;
  say(1, "{");
  w.check_failed("router");
  CHECK(failed == 1);
}

TEST_CASE_FIXTURE(gateway_talk, "so does a gateway that throws") {
  begin();
  open(1);
  w.sockets.broken = true;
  say(1, R"({"id":1,"t":"health"})");
  w.check_failed("gateway");
  CHECK(failed == 1);
}

TEST_CASE_FIXTURE(gateway_talk, "a connection that throws is closed") {
  begin();
  open(1);
  open(2);
  w.sockets.broken = true;
  say(1, R"({"id":1,"t":"topic","a":"create","p":[]})");
  w.check_failed("connection");
  CHECK(w.sockets.closed(1) ==
        std::vector<ws::close_reason>{ws::close_reason::internal});
  CHECK(w.sockets.closed(2).empty());
  CHECK(failed == 0);
}

TEST_CASE_FIXTURE(gateway_talk, "after a group that throws comes a new one") {
  begin();
  open(1);
  open(2);
  subscribe(1, "t", "g");
  w.advance(std::chrono::seconds(1));
  w.kafka.group("g").broken = true;
  say(2, R"({"id":1,"t":"topic","a":"subscribe",)"
         R"("p":{"t":["u"],"consumer_group":"g"}})");
  w.kafka.finish_creates();
  w.advance(std::chrono::seconds(1));
  w.check_failed("consumer_group");
  const std::vector<ws::close_reason> internal{ws::close_reason::internal};
  CHECK(w.sockets.closed(1) == internal);
  CHECK(w.sockets.closed(2) == internal);
  open(3);
  subscribe(3, "t", "g");
  w.advance(std::chrono::seconds(1));
  const auto told = replies(3);
  REQUIRE(told.size() == 1);
  CHECK(told[0].at("s") == 0);
  CHECK(w.kafka.joins == 2);
}

TEST_SUITE_END();
