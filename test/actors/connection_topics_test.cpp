#include "test/actors/connection_talk.hpp"

#include <doctest/doctest.h>

using namespace wskafka;
using std::chrono::seconds;
using test::connection_talk;
using test::json;
using kind = control_request::kind;

TEST_SUITE_BEGIN("actors/connection/topics");

TEST_CASE_FIXTURE(connection_talk, "a delete is answered when it is done") {
  ask(kind::remove, "7", {"a", "b"});
  CHECK(w.sockets.take(1).empty());
  const auto asked = w.inbound.take_one<remove_topics>();
  CHECK(asked.topics == strings{"a", "b"});
  CHECK(asked.timeout < w.options.kafka.request_timeout);
  tell(topics_ready{asked.request, {{"a", std::nullopt}, {"b", std::nullopt}}});
  const json reply = w.sockets.take_one(1);
  CHECK(reply.at("refid") == 7);
  CHECK(reply.at("s") == 0);
  CHECK(reply.at("p") == json({"a", "b"}));
}

TEST_CASE_FIXTURE(connection_talk, "a delete tells what failed, and the rest") {
  auto request_of = request(kind::remove, "7", {"a", "b"});
  request_of.refused = {{"..", "INVALID_TOPIC_EXCEPTION", "No name."}};
  ask({request_of});
  const auto asked = w.inbound.take_one<remove_topics>();
  const kafka::failure why{"UNKNOWN_TOPIC_OR_PARTITION", "No.", true};
  tell(topics_ready{asked.request, {{"a", why}, {"b", std::nullopt}}});
  const json p = w.sockets.take_one(1).at("p");
  CHECK(p.at("code") == "INVALID_TOPIC_EXCEPTION");
  CHECK(p.at("retriable") == false);
  CHECK(p.at("failed").size() == 2);
  CHECK(p.at("failed").at(1).at("code") == "UNKNOWN_TOPIC_OR_PARTITION");
  CHECK(p.at("deleted") == json({"b"}));
  CHECK_FALSE(p.contains("created"));
}

TEST_CASE_FIXTURE(connection_talk, "a delete of nothing succeeds") {
  ask(kind::remove, "7");
  CHECK(w.sockets.take_one(1).at("p") == json::array());
  CHECK(w.inbound.take<remove_topics>().empty());
}

TEST_CASE_FIXTURE(connection_talk, "a delete that takes too long times out") {
  ask(kind::remove, "7", {"a"});
  w.advance(w.options.kafka.request_timeout);
  const json p = w.sockets.take_one(1).at("p");
  CHECK(p.at("code") == "TIMEOUT");
  CHECK(p.at("message") ==
        "The deletion of the topics was not finished in "
        "time.");
  CHECK(p.at("failed").at(0).at("topic") == "a");
  CHECK(p.at("deleted") == json::array());
  // The next one has its turn, and the late answer is nobody's.
  const auto asked = w.inbound.take_one<remove_topics>();
  tell(topics_ready{asked.request, {{"a", std::nullopt}}});
  CHECK(w.sockets.take(1).empty());
  ask(kind::create, "8", {"a"});
  CHECK(w.inbound.take<create_topics>().size() == 1);
}

TEST_CASE_FIXTURE(connection_talk, "deletes stand in order with the others") {
  ask({request(kind::create, "1", {"a"}), request(kind::remove, "2", {"a"}),
       request(kind::subscribe, "3", {"b"})});
  const auto create = w.inbound.take_one<create_topics>();
  CHECK(w.inbound.take<remove_topics>().empty());
  tell(topics_ready{create.request, {{"a", std::nullopt}}});
  CHECK(w.sockets.take_one(1).at("refid") == 1);
  const auto remove = w.inbound.take_one<remove_topics>();
  CHECK(w.inbound.take<check_topics>().empty());
  tell(topics_ready{remove.request, {{"a", std::nullopt}}});
  CHECK(w.sockets.take_one(1).at("refid") == 2);
  CHECK(w.inbound.take<check_topics>().size() == 1);
}

TEST_CASE_FIXTURE(connection_talk, "a delete does not overtake a subscribe") {
  ask({request(kind::subscribe, "1", {"a"}),
       request(kind::remove, "2", {"b"})});
  const std::uint64_t number = joined().subscription;
  CHECK(w.inbound.take<remove_topics>().empty());
  tell(subscription_ready{number, {}});
  CHECK(w.sockets.take_one(1).at("refid") == 1);
  CHECK(w.inbound.take_one<remove_topics>().topics == strings{"b"});
}

TEST_CASE_FIXTURE(connection_talk,
                  "questions wait for deletes, not subscribes") {
  ask({request(kind::subscribe, "1", {"a"}),
       request(kind::describe, "2", {"a"}),
       request(kind::offsets, "3", {"a"})});
  auto asked = w.inbound.take<inquire_topics>();
  REQUIRE(asked.size() == 2);
  CHECK(asked[0].asked.head.id == "2");
  CHECK(asked[0].from.ref.ws == 1);
  CHECK(asked[1].asked.what == kind::offsets);
  CHECK(asked[1].asked.held);
  tell(subscription_ready{joined().subscription, {}});
  ask({request(kind::remove, "4", {"a"}), request(kind::offsets, "5", {"a"}),
       request(kind::describe, "6", {"a"})});
  CHECK(w.inbound.take<inquire_topics>().empty());
  tell(topics_ready{w.inbound.take_one<remove_topics>().request,
                    {{"a", std::nullopt}}});
  asked = w.inbound.take<inquire_topics>();
  REQUIRE(asked.size() == 2);
  CHECK(asked[0].asked.head.id == "5");
}

TEST_CASE_FIXTURE(connection_talk, "what waits is answered when it all stops") {
  ask({request(kind::remove, "1", {"a"}), request(kind::describe, "2", {"a"})});
  tell(drain{});
  const auto replies = w.sockets.take(1);
  REQUIRE(replies.size() == 2);
  for (const json& reply : replies)
    CHECK(reply.at("p").at("code") == "SHUTTING_DOWN");
}

TEST_SUITE_END();
