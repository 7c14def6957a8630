#include "test/actors/topics_talk.hpp"

#include <doctest/doctest.h>

using namespace wskafka;
using std::chrono::seconds;
using test::down;
using test::json;
using test::topics_talk;
using kind = control_request::kind;

TEST_SUITE_BEGIN("actors/topic_inquiries");

TEST_CASE_FIXTURE(topics_talk, "a describe is answered to the peer") {
  ask(question(kind::describe, 1, {"b", "a"}));
  REQUIRE(w.kafka.describes.size() == 1);
  CHECK(w.kafka.describes[0].names == strings{"b", "a"});
  CHECK(w.kafka.describes[0].timeout == seconds(60));
  CHECK(w.sockets.take(1).empty());
  CHECK(w.book.held(net::direction::in) == 300);
  kafka::topic_descriptions all;
  all.topics = {{"a", {{0, 1, {1, 2}, {1}}, {1, {}, {2}, {}}}}, {"b", {}}};
  w.kafka.describes[0].done({all, {}});
  w.run();
  CHECK(w.book.held(net::direction::in) == 0);
  const json reply = w.sockets.take_one(1);
  CHECK(reply.at("refid") == 1);
  CHECK(reply.at("s") == 0);
  CHECK(
      reply.at("p") ==
      json::parse(R"([{"topic":"a","partitions":[)"
                  R"({"partition":0,"leader":1,"replicas":[1,2],"isr":[1]},)"
                  R"({"partition":1,"leader":null,"replicas":[2],"isr":[]}]},)"
                  R"({"topic":"b","partitions":[]}])"));
  CHECK(w.kafka.creates.empty());
}

TEST_CASE_FIXTURE(topics_talk, "so is a question for offsets") {
  control_request asked = question(kind::offsets, 1, {"a"});
  SUBCASE("alone") {
    ask(std::move(asked));
    REQUIRE(w.kafka.offset_calls.size() == 1);
    CHECK(w.kafka.offset_calls[0].question.topics == strings{"a"});
    CHECK_FALSE(w.kafka.offset_calls[0].question.at);
    CHECK(w.kafka.offset_calls[0].question.group.empty());
    CHECK(w.kafka.offset_calls[0].timeout == seconds(60));
    w.kafka.offset_calls[0].done(
        {kafka::topic_offsets{{}, {{{"a", 0}, 2, 9, {}, {}}}}, {}});
    w.run();
    CHECK(w.sockets.take_one(1).at("p") ==
          json::parse(
              R"([{"topic":"a","partition":0,"earliest":2,"latest":9}])"));
  }
  SUBCASE("with a time and a group") {
    asked.at = 17;
    asked.group = "g";
    ask(std::move(asked));
    REQUIRE(w.kafka.offset_calls.size() == 1);
    CHECK(w.kafka.offset_calls[0].question.at == 17);
    CHECK(w.kafka.offset_calls[0].question.group == "g");
    w.kafka.offset_calls[0].done(
        {kafka::topic_offsets{
             {}, {{{"a", 0}, 2, 9, 4, 5}, {{"a", 1}, 0, 0, 0, {}}}},
         {}});
    w.run();
    CHECK(w.sockets.take_one(1).at("p") ==
          json::parse(R"([{"topic":"a","partition":0,"earliest":2,"latest":9,)"
                      R"("offset":4,"committed":5,"lag":4},)"
                      R"({"topic":"a","partition":1,"earliest":0,"latest":0,)"
                      R"("offset":0,"committed":null,"lag":null}])"));
  }
  CHECK(w.book.held(net::direction::in) == 0);
}

TEST_CASE_FIXTURE(topics_talk, "missing topics are named, and not created") {
  ask(question(kind::describe, 1, {"a", "b"}));
  ask(question(kind::offsets, 2, {"c"}));
  w.kafka.describes.at(0).done({kafka::topic_descriptions{{"b", "a"}, {}}, {}});
  w.kafka.offset_calls.at(0).done({kafka::topic_offsets{{"c"}, {}}, {}});
  w.run();
  const auto replies = w.sockets.take(1);
  REQUIRE(replies.size() == 2);
  const json& p = replies[0].at("p");
  CHECK(p.at("code") == "UNKNOWN_TOPIC_OR_PARTITION");
  CHECK(p.at("message") == "Topic \"b\" does not exist.");
  CHECK(p.at("topics") == json({"b", "a"}));
  CHECK(replies[1].at("p").at("topics") == json({"c"}));
  CHECK(w.count.failures == 2);
  CHECK(w.kafka.creates.empty());
}

TEST_CASE_FIXTURE(topics_talk, "what the cluster refuses is told") {
  ask(question(kind::describe, 1, {"a"}));
  ask(question(kind::offsets, 2, {"a"}));
  w.kafka.describes.at(0).done({std::nullopt, down});
  w.kafka.offset_calls.at(0).done({std::nullopt, down});
  w.run();
  for (const json& reply : w.sockets.take(1)) {
    CHECK(reply.at("p").at("code") == "BROKER_UNAVAILABLE");
    CHECK(reply.at("p").at("retriable") == true);
  }
  CHECK(w.count.failures == 2);
}

TEST_CASE_FIXTURE(topics_talk, "the deadline is the request's own") {
  control_request asked = question(kind::offsets, 1, {"a"});
  w.advance(seconds(20));
  ask(std::move(asked));
  asked = question(kind::describe, 2, {"a"});
  w.advance(seconds(61));
  ask(std::move(asked));
  CHECK(w.kafka.offset_calls.at(0).timeout == seconds(40));
  CHECK(w.kafka.describes.at(0).timeout == seconds(0));
}

TEST_CASE_FIXTURE(topics_talk, "nothing for who leaves replies untaken") {
  const auto account = w.open(1).account;
  // What is held lowers the mark, too.
  const std::size_t mark = w.book.bounds(net::direction::out).process / 17;
  net::charge untaken(account, net::direction::out, mark);
  untaken.merge({account, net::direction::out, 1});
  ask(question(kind::describe, 2, {"a"}));
  CHECK(w.sockets.take_one(1).at("p").at("code") == "RATE_LIMITED");
  CHECK(w.count.failures == 1);
  CHECK(w.kafka.describes.empty());
}

TEST_CASE_FIXTURE(topics_talk,
                  "an exception answers the one that met it, too") {
  w.kafka.broken = true;
  ask(question(kind::offsets, 2, {"a"}));
  CHECK(w.sockets.take_one(1).at("p").at("code") == "INTERNAL");
  CHECK(w.count.actor_failures == 1);
}

TEST_SUITE_END();
