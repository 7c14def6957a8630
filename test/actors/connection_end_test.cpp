#include "test/actors/connection_talk.hpp"

#include <doctest/doctest.h>

using namespace wskafka;
using std::chrono::seconds;
using test::connection_talk;
using test::json;
using kind = control_request::kind;

TEST_SUITE_BEGIN("actors/connection/end");

TEST_CASE_FIXTURE(connection_talk, "a create without an answer times out") {
  ask({request(kind::create, "1", {"a"}), request(kind::list, "2")});
  const auto asked = w.inbound.take_one<create_topics>();
  w.advance(seconds(59));
  CHECK(w.sockets.take(1).empty());
  w.advance(seconds(2));
  const json reply = w.sockets.take_one(1);
  CHECK(code(reply) == "TIMEOUT");
  CHECK(reply.at("p").at("retriable") == true);
  CHECK(w.inbound.take<list_topics>().size() == 1);
  tell(topics_ready{asked.request, {{"a", std::nullopt}}});
  CHECK(w.sockets.take(1).empty());
}

TEST_CASE_FIXTURE(connection_talk, "a subscribe times out at every step") {
  ask(kind::subscribe, "1", {"a"});
  SUBCASE("checking") {
    w.advance(seconds(61));
    CHECK(w.inbound.take<leave_group>().empty());
  }
  SUBCASE("finding") {
    checked();
    w.advance(seconds(61));
    found();
    CHECK(w.inbound.take<abandon_group>().size() == 1);
    CHECK(w.inbound.take<join_group>().empty());
  }
  SUBCASE("joining") {
    const auto join = joined();
    w.advance(seconds(61));
    CHECK(w.inbound.take_one<leave_group>().subscription == join.subscription);
    tell(subscription_ready{join.subscription});
  }
  const json reply = w.sockets.take_one(1);
  CHECK(reply.at("refid") == 1);
  CHECK(code(reply) == "TIMEOUT");
}

TEST_CASE_FIXTURE(connection_talk, "a failed subscribe leaves none") {
  subscribe({"a"});
  ask(kind::subscribe, "2", {"b"}, "other");
  const auto join = joined();
  w.inbound.clear();
  tell(subscription_failed{join.subscription,
                           {protocol::error_code::limit_reached, "Full."}});
  CHECK(code(w.sockets.take_one(1)) == "LIMIT_REACHED");
  CHECK(w.inbound.take_one<subscription_changed>().topics.empty());
}

TEST_CASE_FIXTURE(connection_talk, "a closed connection leaves and ends") {
  const std::uint64_t number = subscribe({"a"});
  tell(peer_closed{});
  const auto leave = w.inbound.take_one<leave_group>();
  CHECK(leave.subscription == number);
  CHECK(leave.gone);
  CHECK(w.inbound.take<connection_gone>().size() == 1);
}

TEST_CASE_FIXTURE(connection_talk,
                  "one that seeks a group hears it out first") {
  ask(kind::subscribe, "1", {"a"});
  checked();
  tell(peer_closed{});
  CHECK(w.inbound.take<connection_gone>().empty());
  found();
  CHECK(w.inbound.take<abandon_group>().size() == 1);
  CHECK(w.inbound.take<connection_gone>().size() == 1);
}

TEST_CASE_FIXTURE(connection_talk, "creates that publishes wait for go on") {
  auto first = request(kind::create, "1", {"a"});
  auto second = request(kind::create, "2", {"b"});
  const auto producer = test::listen_as_producer(w.actors, w.inbound);
  first.watcher = second.watcher = producer;
  ask({first, request(kind::subscribe, "3", {"c"}), second});
  tell(peer_closed{});
  CHECK(w.inbound.take<topics_created>().empty());
  tell(topics_ready{w.inbound.take_one<create_topics>().request,
                    {{"a", std::nullopt}}});
  CHECK(w.inbound.take_one<topics_created>().topics == strings{"a"});
  CHECK(w.inbound.take<check_topics>().empty());
  tell(topics_ready{w.inbound.take_one<create_topics>().request,
                    {{"b", std::nullopt}}});
  CHECK(w.inbound.take_one<topics_created>().topics == strings{"b"});
  CHECK(w.inbound.take<connection_gone>().size() == 1);
}

TEST_CASE_FIXTURE(connection_talk, "one that fails at once ends no others") {
  auto first = request(kind::create, "1", {"a"});
  // Of a name that is none: nothing is left to be created.
  auto second = request(kind::create, "2");
  auto third = request(kind::create, "3", {"b"});
  const auto producer = test::listen_as_producer(w.actors, w.inbound);
  first.watcher = second.watcher = third.watcher = producer;
  ask({first, second, third});
  tell(peer_closed{});
  tell(topics_ready{w.inbound.take_one<create_topics>().request,
                    {{"a", std::nullopt}}});
  w.inbound.take<topics_created>();
  tell(topics_ready{w.inbound.take_one<create_topics>().request,
                    {{"b", std::nullopt}}});
  CHECK(w.inbound.take_one<topics_created>().topics == strings{"b"});
  CHECK(w.inbound.take<connection_gone>().size() == 1);
}

TEST_CASE_FIXTURE(connection_talk, "a drain answers all that waits") {
  auto create = request(kind::create, "1", {"a"});
  create.watcher = test::listen_as_producer(w.actors, w.inbound);
  ask({create, request(kind::subscribe, "2", {"c"}), request(kind::list, "3")});
  tell(drain{});
  const auto replies = w.sockets.take(1);
  REQUIRE(replies.size() == 3);
  for (const json& reply : replies)
    CHECK(code(reply) == "SHUTTING_DOWN");
  CHECK(w.inbound.take<topics_created>().size() == 1);
  ask(kind::list, "4");
  CHECK(code(w.sockets.take_one(1)) == "SHUTTING_DOWN");
}

TEST_CASE_FIXTURE(connection_talk, "a drain flushes and has all confirmed") {
  w.options.consumer.mq_interval = seconds(60);
  const std::uint64_t number = subscribe({"a"});
  deliver_records(test::delivered(w.open(1), "a", 0, {"x"}, number));
  CHECK(w.sockets.take(1).empty());
  tell(drain{});
  CHECK(w.sockets.take(1).size() == 1);
  CHECK(w.sockets.hurried(1) == 1);
}

TEST_CASE_FIXTURE(connection_talk, "a subscribe that a drain refuses leaves") {
  subscribe({"a", "b"});
  ask(kind::subscribe, "2", {"a"});
  const auto join = joined();
  tell(drain{});
  CHECK(code(w.sockets.take_one(1)) == "SHUTTING_DOWN");
  CHECK(w.inbound.take_one<leave_group>().subscription == join.subscription);
}

TEST_CASE_FIXTURE(connection_talk, "a failing one leaves, and is closed") {
  w.options.consumer.mq_interval = seconds(60);
  const std::uint64_t number = subscribe({"a"});
  deliver_records(test::delivered(w.open(1), "a", 0, {"x"}, number));
  w.sockets.write(1);
  CHECK(w.book.held(net::direction::out) > 0);
  w.sockets.broken = true;
  ask(kind::create, "2");
  w.check_failed("connection");
  // The router closes it.
  CHECK(w.inbound.take_one<connection_failed>().ref.ws == 1);
  CHECK(w.inbound.take_one<leave_group>().gone);
  CHECK(w.inbound.take<connection_gone>().size() == 1);
  CHECK(w.book.held(net::direction::out) == 0);
  CHECK(w.book.held(net::direction::in) == 0);
}

TEST_CASE_FIXTURE(connection_talk, "a group that failed fails the subscribe") {
  ask(kind::subscribe, "1", {"a"});
  checked();
  caf::anon_send_exit(group, caf::exit_reason::unhandled_exception);
  w.run();
  found();
  const json reply = w.sockets.take_one(1);
  CHECK(reply.at("refid") == 1);
  CHECK(code(reply) == "INTERNAL");
  CHECK(reply.at("p").at("retriable") == true);
  CHECK(w.inbound.take_one<subscription_changed>().topics.empty());
}

TEST_CASE_FIXTURE(connection_talk, "its state names what it holds") {
  subscribe({"a"});
  const auto collector = test::listen_as_collector(w.actors, w.inbound);
  tell(describe{3, 4, collector});
  const auto state = w.inbound.take_one<described>();
  CHECK(state.query == 3);
  CHECK(state.index == 4);
  const json told = json::parse(state.state);
  CHECK(told.at("kind") == "connection");
  CHECK(told.at("id") == 1);
  CHECK(told.at("group") == "g");
  CHECK(told.at("topics") == json({"a"}));
}

TEST_SUITE_END();
