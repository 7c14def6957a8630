#include "test/actors/topics_talk.hpp"

#include <doctest/doctest.h>

using namespace wskafka;
using std::chrono::seconds;
using test::down;
using test::json;
using test::topics_talk;

TEST_SUITE_BEGIN("actors/topics");

TEST_CASE_FIXTURE(topics_talk, "a create has one outcome per name, in order") {
  create({"b", "a"}, 7);
  REQUIRE(w.kafka.creates.size() == 1);
  CHECK(w.inbound.take<topics_ready>().empty());
  w.kafka.finish_creates();
  w.run();
  const auto answer = w.inbound.take_one<topics_ready>();
  CHECK(answer.request == 7);
  REQUIRE(answer.outcomes.size() == 2);
  CHECK(answer.outcomes[0].topic == "b");
  CHECK_FALSE(answer.outcomes[0].error);
}

TEST_CASE_FIXTURE(topics_talk, "a topic is created once for all who ask") {
  create({"a", "b"}, 1);
  create({"b", "c"}, 2);
  check({"a"}, 3);
  REQUIRE(w.kafka.creates.size() == 2);
  CHECK(w.kafka.creates[1].names == strings{"c"});
  w.kafka.finish_creates();
  w.run();
  CHECK(w.inbound.take<topics_ready>().size() == 3);
}

TEST_CASE_FIXTURE(topics_talk, "two shapes of a topic are asked for apart") {
  kafka::topic_shape two;
  two.partitions = 2;
  kafka::topic_shape three;
  three.partitions = 3;
  create({"a", "b"}, 1, {{"a", two}});
  create({"a"}, 2, {{"a", three}});
  create({"a"}, 3, {{"a", two}});
  check({"a"}, 4);
  REQUIRE(w.kafka.creates.size() == 3);
  CHECK(w.kafka.creates[0].names == strings{"a", "b"});
  CHECK(w.kafka.creates[0].shapes[0].partitions == 2);
  CHECK_FALSE(w.kafka.creates[0].shapes[1].named());
  CHECK(w.kafka.creates[1].shapes[0].partitions == 3);
  CHECK_FALSE(w.kafka.creates[2].shapes[0].named());
  // One of them is told that the topic is another.
  const kafka::failure other{"TOPIC_ALREADY_EXISTS", "Not so.", false};
  const auto second = w.kafka.creates[1];
  w.kafka.creates.erase(w.kafka.creates.begin() + 1);
  second.done({{"a", other}});
  w.kafka.finish_creates();
  w.run();
  const auto answers = w.inbound.take<topics_ready>();
  REQUIRE(answers.size() == 4);
  for (const topics_ready& each : answers)
    CHECK(each.outcomes.at(0).error.has_value() == (each.request == 2));
}

TEST_CASE_FIXTURE(topics_talk, "a delete has one outcome per name, in order") {
  w.kafka.set_topic("a", 1);
  w.kafka.set_topic("b", 1);
  remove({"b", "a"}, 7);
  REQUIRE(w.kafka.removes.size() == 1);
  CHECK(w.kafka.removes[0].names == strings{"b", "a"});
  CHECK(w.inbound.take<topics_ready>().empty());
  w.kafka.finish_removes();
  w.run();
  const auto answer = w.inbound.take_one<topics_ready>();
  CHECK(answer.request == 7);
  REQUIRE(answer.outcomes.size() == 2);
  CHECK(answer.outcomes[0].topic == "b");
  CHECK_FALSE(answer.outcomes[1].error);
  remove({"a"}, 8);
  w.kafka.finish_removes(down);
  w.run();
  CHECK(w.inbound.take_one<topics_ready>().outcomes.at(0).error->code ==
        "BROKER_UNAVAILABLE");
}

TEST_CASE_FIXTURE(topics_talk, "a failure is told to all, and not remembered") {
  create({"a"}, 1);
  create({"a"}, 2);
  w.kafka.finish_creates(down);
  w.run();
  const auto answers = w.inbound.take<topics_ready>();
  REQUIRE(answers.size() == 2);
  CHECK(answers[1].outcomes.at(0).error->code == "BROKER_UNAVAILABLE");
  create({"a"}, 3);
  CHECK(w.kafka.creates.size() == 1);
}

TEST_CASE_FIXTURE(topics_talk, "a known topic is there without a question") {
  w.kafka.set_topic("a", 3);
  check({"a"}, 5);
  CHECK(w.inbound.take_one<topics_ready>().request == 5);
  CHECK(w.kafka.creates.empty());
  CHECK(w.kafka.refreshes.empty());
}

TEST_CASE_FIXTURE(topics_talk, "a missing topic is created") {
  w.kafka.set_topic("a", 3);
  check({"a", "b"}, 5);
  REQUIRE(w.kafka.creates.size() == 1);
  CHECK(w.kafka.creates[0].names == strings{"b"});
  w.kafka.finish_creates();
  w.run();
  CHECK(w.inbound.take_one<topics_ready>().outcomes.size() == 2);
}

TEST_CASE_FIXTURE(topics_talk, "before the first list nothing is missing") {
  w.kafka.begin_anew();
  check({"a"}, 5);
  CHECK(w.kafka.creates.empty());
  REQUIRE(w.kafka.refreshes.size() == 1);
  SUBCASE("and may be there") {
    w.kafka.set_topic("a", 3);
    w.kafka.finish_refreshes();
    w.run();
    CHECK(w.kafka.creates.empty());
  }
  SUBCASE("or be created then") {
    w.kafka.set_topic("b", 3);
    w.kafka.finish_refreshes();
    w.run();
    REQUIRE(w.kafka.creates.size() == 1);
    CHECK(w.kafka.creates[0].names == strings{"a"});
    w.kafka.finish_creates();
    w.run();
  }
  CHECK_FALSE(w.inbound.take_one<topics_ready>().outcomes.at(0).error);
}

TEST_CASE_FIXTURE(topics_talk, "or, where that is off, looked for once more") {
  w.options.kafka.auto_create_topics = false;
  check({"a", "b"}, 5);
  check({"a"}, 6);
  CHECK(w.kafka.creates.empty());
  REQUIRE(w.kafka.refreshes.size() == 1);
  w.kafka.set_topic("a", 1);
  w.kafka.finish_refreshes();
  w.run();
  const auto answers = w.inbound.take<topics_ready>();
  REQUIRE(answers.size() == 2);
  CHECK_FALSE(answers[0].outcomes.at(0).error);
  CHECK(answers[0].outcomes.at(1).error->code == "UNKNOWN_TOPIC_OR_PARTITION");
  CHECK_FALSE(answers[1].outcomes.at(0).error);
}

TEST_CASE_FIXTURE(topics_talk, "no list: what was looked for fails") {
  w.options.kafka.auto_create_topics = false;
  check({"a"}, 5);
  list(9);
  w.kafka.finish_refreshes(down);
  w.run();
  CHECK(w.inbound.take_one<topics_ready>().outcomes.at(0).error->code ==
        "BROKER_UNAVAILABLE");
  CHECK(w.sockets.take_one(1).at("p").at("code") == "BROKER_UNAVAILABLE");
}

TEST_CASE_FIXTURE(topics_talk,
                  "a list names partitions, none that is internal") {
  w.kafka.set_topic("b", 2);
  w.kafka.set_topic("a", 1);
  w.kafka.set_topic("__offsets", 1);
  list(1);
  list(2);
  REQUIRE(w.kafka.refreshes.size() == 1);
  CHECK(w.book.held(net::direction::in) == 600);
  w.kafka.finish_refreshes();
  w.run();
  CHECK(w.book.held(net::direction::in) == 0);
  const auto replies = w.sockets.take(1);
  REQUIRE(replies.size() == 2);
  CHECK(replies[0].at("refid") == 1);
  CHECK(replies[0].at("p") == json::parse(R"([{"topic":"a","partition":0},)"
                                          R"({"topic":"b","partition":0},)"
                                          R"({"topic":"b","partition":1}])"));
}

TEST_CASE_FIXTURE(topics_talk, "a list that does not come in time times out") {
  list(1, seconds(20));
  list(2, seconds(10));
  w.advance(seconds(9));
  CHECK(w.sockets.take(1).empty());
  w.advance(seconds(2));
  const json first = w.sockets.take_one(1);
  CHECK(first.at("refid") == 2);
  CHECK(first.at("p").at("code") == "TIMEOUT");
  CHECK(w.book.held(net::direction::in) == 300);
  // It has a deadline of its own.
  list(3, seconds(60));
  w.advance(seconds(10));
  const json second = w.sockets.take_one(1);
  CHECK(second.at("refid") == 1);
  CHECK(second.at("p").at("code") == "TIMEOUT");
  CHECK(w.count.failures == 2);
  // Too late for those two.
  w.kafka.finish_refreshes();
  w.run();
  CHECK(w.sockets.take_one(1).at("refid") == 3);
  w.advance(seconds(60));
  CHECK(w.sockets.take(1).empty());
}

TEST_CASE_FIXTURE(topics_talk, "no list for who leaves replies untaken") {
  const auto account = w.open(1).account;
  // What is held lowers the mark, too.
  const std::size_t mark = w.book.bounds(net::direction::out).process / 17;
  net::charge untaken(account, net::direction::out, mark);
  list(1);
  untaken.merge({account, net::direction::out, 1});
  list(2);
  const json refused = w.sockets.take_one(1);
  CHECK(refused.at("refid") == 2);
  CHECK(refused.at("p").at("code") == "RATE_LIMITED");
  CHECK(w.count.failures == 1);
  untaken = {};
  list(3);
  w.kafka.finish_refreshes();
  w.run();
  CHECK(w.sockets.take(1).size() == 2);
}

TEST_CASE_FIXTURE(topics_talk,
                  "an exception answers all and it starts afresh") {
  create({"a"}, 1);
  list(2);
  remove({"d"}, 6);
  ask(question(control_request::kind::describe, 7, {"a"}));
  w.kafka.broken = true;
  SUBCASE("in a create") {
    create({"b"}, 3);
  }
  SUBCASE("in a delete") {
    remove({"b"}, 3);
  }
  const auto answers = w.inbound.take<topics_ready>();
  REQUIRE(answers.size() == 3);
  for (const topics_ready& each : answers)
    CHECK(each.outcomes.at(0).error->code == "INTERNAL");
  const auto replies = w.sockets.take(1);
  REQUIRE(replies.size() == 2);
  CHECK(replies[0].at("p").at("code") == "INTERNAL");
  CHECK(replies[1].at("p").at("code") == "INTERNAL");
  CHECK(w.count.actor_failures == 1);
  w.kafka.broken = false;
  // What was asked before the failure comes too late, and harms nobody.
  w.kafka.finish_creates();
  w.kafka.finish_removes();
  w.run();
  create({"c"}, 4);
  w.kafka.finish_creates();
  list(5);
  w.kafka.finish_refreshes();
  w.run();
  CHECK(w.inbound.take_one<topics_ready>().request == 4);
  CHECK(w.sockets.take_one(1).at("refid") == 5);
}

TEST_SUITE_END();
