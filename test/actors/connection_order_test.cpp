#include "test/actors/connection_talk.hpp"

#include <doctest/doctest.h>

using namespace wskafka;
using test::connection_talk;
using test::json;
using kind = control_request::kind;

namespace {

kafka::failure missing() {
  return {"UNKNOWN_TOPIC_OR_PARTITION", "It does not exist.", true};
}

}  // namespace

TEST_SUITE_BEGIN("actors/connection/order");

TEST_CASE_FIXTURE(connection_talk, "a create is answered when it is done") {
  ask(kind::create, "7", {"a", "b"});
  CHECK(w.sockets.take(1).empty());
  const auto asked = w.inbound.take_one<create_topics>();
  CHECK(asked.topics == strings{"a", "b"});
  tell(topics_ready{asked.request, {{"a", std::nullopt}, {"b", std::nullopt}}});
  const json reply = w.sockets.take_one(1);
  CHECK(reply.at("refid") == 7);
  CHECK(reply.at("s") == 0);
  CHECK(reply.at("p") == json({"a", "b"}));
}

TEST_CASE_FIXTURE(connection_talk, "a create tells what failed, and the rest") {
  ask(kind::create, "7", {"a", "b"});
  const auto asked = w.inbound.take_one<create_topics>();
  const kafka::failure why{"POLICY_VIOLATION", "No.", false};
  tell(topics_ready{asked.request, {{"a", why}, {"b", std::nullopt}}});
  const json reply = w.sockets.take_one(1);
  CHECK(code(reply) == "POLICY_VIOLATION");
  CHECK(reply.at("p").at("failed").at(0).at("topic") == "a");
  CHECK(reply.at("p").at("created") == json({"b"}));
}

TEST_CASE_FIXTURE(connection_talk,
                  "names that were refused fail their create") {
  auto create = request(kind::create, "7");
  create.refused = {{"..", "INVALID_TOPIC_EXCEPTION", "No name."}};
  ask({create});
  CHECK(code(w.sockets.take_one(1)) == "INVALID_TOPIC_EXCEPTION");
}

TEST_CASE_FIXTURE(connection_talk,
                  "requests are answered one after the other") {
  ask({request(kind::create, "1", {"a"}), request(kind::create, "2", {"b"}),
       request(kind::unsubscribe, "3")});
  const auto first = w.inbound.take_one<create_topics>();
  tell(topics_ready{first.request, {{"a", std::nullopt}}});
  CHECK(w.sockets.take_one(1).at("refid") == 1);
  const auto second = w.inbound.take_one<create_topics>();
  tell(topics_ready{second.request, {{"b", std::nullopt}}});
  const auto replies = w.sockets.take(1);
  REQUIRE(replies.size() == 2);
  CHECK(replies[0].at("refid") == 2);
  CHECK(replies[1].at("refid") == 3);
}

TEST_CASE_FIXTURE(connection_talk, "a list waits for the creates before it") {
  ask({request(kind::create, "1", {"a"}), request(kind::list, "2")});
  CHECK(w.inbound.take<list_topics>().empty());
  const auto asked = w.inbound.take_one<create_topics>();
  tell(topics_ready{asked.request, {{"a", std::nullopt}}});
  CHECK(w.inbound.take_one<list_topics>().head.id == "2");
}

TEST_CASE_FIXTURE(connection_talk, "a list does not wait for a subscribe") {
  ask({request(kind::subscribe, "1", {"a"}), request(kind::list, "2")});
  CHECK(w.inbound.take_one<list_topics>().head.id == "2");
}

TEST_CASE_FIXTURE(connection_talk,
                  "a long queue of empty creates is answered") {
  ask(kind::create, "0", {"a"});
  const auto asked = w.inbound.take_one<create_topics>();
  std::vector<control_request> many;
  for (int i = 1; i <= 50'000; ++i)
    many.push_back(request(kind::create, std::to_string(i)));
  ask(std::move(many));
  tell(topics_ready{asked.request, {{"a", std::nullopt}}});
  const auto replies = w.sockets.take(1);
  REQUIRE(replies.size() == 50'001);
  CHECK(replies.back().at("refid") == 50'000);
}

TEST_CASE_FIXTURE(connection_talk, "a subscribe is answered when positioned") {
  ask(kind::subscribe, "5", {"a", "b"}, "readers");
  checked();
  const auto asked = w.inbound.take_one<find_group>();
  CHECK(asked.group == "readers");
  tell(group_found{asked.subscription, group});
  const auto join = w.inbound.take_one<join_group>();
  CHECK(join.topics == strings{"a", "b"});
  CHECK(join.from.ref.ws == 1);
  CHECK(w.sockets.take(1).empty());
  tell(subscription_ready{join.subscription});
  const json reply = w.sockets.take_one(1);
  CHECK(reply.at("refid") == 5);
  CHECK(reply.at("p") == json({"a", "b"}));
  CHECK(w.inbound.take_one<subscription_changed>().topics == strings{"a", "b"});
}

TEST_CASE_FIXTURE(connection_talk, "missing topics refuse it, all by name") {
  ask(kind::subscribe, "5", {"a", "b", "c"});
  const auto asked = w.inbound.take_one<check_topics>();
  tell(topics_ready{asked.request,
                    {{"a", missing()}, {"b", std::nullopt}, {"c", missing()}}});
  const json reply = w.sockets.take_one(1);
  CHECK(code(reply) == "UNKNOWN_TOPIC_OR_PARTITION");
  CHECK(reply.at("p").at("topics") == json({"a", "c"}));
  CHECK(w.inbound.take<find_group>().empty());
}

TEST_CASE_FIXTURE(connection_talk, "no room for a group refuses it") {
  ask(kind::subscribe, "5", {"a"});
  checked();
  const auto asked = w.inbound.take_one<find_group>();
  tell(group_refused{asked.subscription,
                     {protocol::error_code::limit_reached, "Too many."}});
  CHECK(code(w.sockets.take_one(1)) == "LIMIT_REACHED");
}

TEST_CASE_FIXTURE(connection_talk,
                  "a later subscribe supersedes at admission") {
  ask(kind::subscribe, "1", {"a"}, "g");
  const auto first = joined();
  ask(kind::subscribe, "2", {"b"}, "h");
  checked();
  CHECK(w.sockets.take(1).empty());
  found();
  const json superseded = w.sockets.take_one(1);
  CHECK(superseded.at("refid") == 1);
  CHECK(code(superseded) == "SUPERSEDED");
  CHECK(w.inbound.take_one<leave_group>().subscription == first.subscription);
  const auto second = w.inbound.take_one<join_group>();
  tell(subscription_ready{first.subscription});
  CHECK(w.sockets.take(1).empty());
  tell(subscription_ready{second.subscription});
  CHECK(w.sockets.take_one(1).at("refid") == 2);
}

TEST_CASE_FIXTURE(connection_talk, "one that is refused overtakes nothing") {
  ask(kind::subscribe, "1", {"a"});
  const auto first = joined();
  ask(kind::subscribe, "2", {"b"});
  const auto asked = w.inbound.take_one<check_topics>();
  tell(topics_ready{asked.request, {{"b", missing()}}});
  CHECK(w.sockets.take_one(1).at("refid") == 2);
  CHECK(w.inbound.take<leave_group>().empty());
  tell(subscription_ready{first.subscription});
  const json reply = w.sockets.take_one(1);
  CHECK(reply.at("refid") == 1);
  CHECK(reply.at("s") == 0);
}

TEST_CASE_FIXTURE(connection_talk, "the first may be admitted meanwhile") {
  ask(kind::subscribe, "1", {"a"}, "g");
  checked();
  const auto first = w.inbound.take_one<find_group>();
  ask(kind::subscribe, "2", {"b"}, "g");
  const auto check = w.inbound.take_one<check_topics>();
  tell(group_found{first.subscription, group});
  CHECK(w.inbound.take_one<join_group>().subscription == first.subscription);
  tell(subscription_ready{first.subscription});
  CHECK(w.sockets.take_one(1).at("refid") == 1);
  tell(topics_ready{check.request, {{"b", std::nullopt}}});
  found();
  tell(subscription_ready{w.inbound.take_one<join_group>().subscription});
  const json reply = w.sockets.take_one(1);
  CHECK(reply.at("refid") == 2);
  CHECK(reply.at("s") == 0);
}

TEST_CASE_FIXTURE(connection_talk, "a third overtakes the second") {
  auto third = kind::subscribe;
  bool broadcast = false;
  SUBCASE("a subscribe") {}
  SUBCASE("a subscribe behind a broadcast") {
    broadcast = true;
  }
  SUBCASE("an unsubscribe") {
    third = kind::unsubscribe;
  }
  ask(kind::subscribe, "1", {"a"}, "g");
  joined();
  auto second = request(kind::subscribe, "2", {"b"}, "h");
  second.broadcast = broadcast;
  ask({second, request(third, "3", {"c"}, "i")});
  checked();
  if (broadcast)
    tell(broadcasts_found{w.inbound.take_one<find_broadcasts>().subscription,
                          {}});
  else
    found();
  const auto replies = w.sockets.take(1);
  CHECK(code(replies.at(0)) == "SUPERSEDED");
  if (third == kind::subscribe) {
    CHECK(w.inbound.take_one<check_topics>().topics == strings{"c"});
  } else {
    REQUIRE(replies.size() == 3);
    CHECK(replies[1].at("refid") == 2);
    CHECK(code(replies[1]) == "SUPERSEDED");
    CHECK(replies[2].at("refid") == 3);
    CHECK(replies[2].at("s") == 0);
  }
}

TEST_CASE_FIXTURE(connection_talk, "an unsubscribe supersedes a subscribe") {
  ask(kind::subscribe, "1", {"a"});
  joined();
  ask(kind::unsubscribe, "2");
  const auto replies = w.sockets.take(1);
  REQUIRE(replies.size() == 2);
  CHECK(code(replies[0]) == "SUPERSEDED");
  CHECK(replies[1].at("refid") == 2);
  CHECK(replies[1].at("s") == 0);
  CHECK(w.inbound.take<leave_group>().size() == 1);
}

TEST_CASE_FIXTURE(connection_talk, "a create behind a subscribe waits for it") {
  ask(kind::subscribe, "1", {"a"});
  const auto first = joined();
  ask(kind::create, "2", {"b"});
  CHECK(w.inbound.take<create_topics>().empty());
  tell(subscription_ready{first.subscription});
  CHECK(w.inbound.take<create_topics>().size() == 1);
}

TEST_CASE_FIXTURE(connection_talk, "unsubscribing from nothing succeeds") {
  ask(kind::unsubscribe, "2");
  const json reply = w.sockets.take_one(1);
  CHECK(reply.at("s") == 0);
  CHECK_FALSE(reply.contains("p"));
}

TEST_CASE_FIXTURE(connection_talk, "an empty subscribe ends the subscription") {
  const std::uint64_t number = subscribe({"a"});
  ask(kind::subscribe, "9");
  CHECK(w.sockets.take_one(1).at("p") == json::array());
  CHECK(w.inbound.take_one<leave_group>().subscription == number);
  CHECK(w.inbound.take_one<subscription_changed>().topics.empty());
}

TEST_CASE_FIXTURE(connection_talk, "an empty subscribe overtakes as well") {
  ask(kind::subscribe, "1", {"a"});
  joined();
  ask(kind::subscribe, "2");
  const auto replies = w.sockets.take(1);
  REQUIRE(replies.size() == 2);
  CHECK(code(replies[0]) == "SUPERSEDED");
  CHECK(replies[1].at("p") == json::array());
  CHECK(w.inbound.take<leave_group>().size() == 1);
}

TEST_SUITE_END();
