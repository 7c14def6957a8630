#include "test/actors/router_talk.hpp"

#include <doctest/doctest.h>

using namespace wskafka;
using test::router_talk;

TEST_SUITE_BEGIN("actors/router/topics");

TEST_CASE_FIXTURE(router_talk, "what is told of new topics goes on with them") {
  begin();
  burst(opened(1));
  const std::size_t before = w.book.held(net::direction::in);
  say(1, R"({"id":1,"t":"topic","a":"create","p":["a",)"
         R"({"topic":"b","partitions":2,"replication_factor":1,)"
         R"("config":{"x":"0123456789"}}]})");
  const auto asked = w.inbound.take_one<create_topics>();
  CHECK(asked.topics == strings{"a", "b"});
  REQUIRE(asked.shapes);
  REQUIRE(asked.shapes->size() == 1);
  const kafka::topic_shape& b = asked.shapes->at("b");
  CHECK(b.partitions == 2);
  CHECK(b.replication_factor == 1);
  CHECK(b.config.at("x") == "0123456789");
  CHECK(w.book.held(net::direction::in) >
        before + sizeof(control_request) + sizeof(kafka::topic_shape) + 11);
}

TEST_CASE_FIXTURE(router_talk, "questions about topics go to who knows them") {
  begin();
  burst(opened(1));
  say(1, R"({"id":1,"t":"topic","a":"describe","p":["a"]})");
  const auto described = w.inbound.take_one<inquire_topics>();
  CHECK(described.asked.what == control_request::kind::describe);
  CHECK(described.asked.topics == strings{"a"});
  say(1, R"({"id":2,"t":"topic","a":"offsets",)"
         R"("p":{"topics":["a"],"at":5,"group":"g"}})");
  const auto found = w.inbound.take_one<inquire_topics>();
  CHECK(found.asked.what == control_request::kind::offsets);
  CHECK(found.asked.at == 5);
  CHECK(found.asked.group == "g");
  CHECK(found.from.ref.ws == 1);
}

TEST_CASE_FIXTURE(router_talk, "topics are deleted where that is allowed") {
  const std::string all = R"({"id":1,"t":"topic","a":"delete","p":["a"]})";
  SUBCASE("not by itself") {
    begin();
    burst(opened(1));
    say(1, all);
    CHECK(w.sockets.take_one(1).at("p").at("code") == "NOT_AUTHORIZED");
    CHECK(w.inbound.take<remove_topics>().empty());
  }
  SUBCASE("but by a setting") {
    w.options.kafka.allow_delete_topics = true;
    begin();
    burst(opened(1));
    say(1, all);
    CHECK(w.inbound.take_one<remove_topics>().topics == strings{"a"});
  }
}

TEST_SUITE_END();
