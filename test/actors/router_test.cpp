#include "test/actors/router_talk.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <ctime>

using namespace wskafka;
using std::chrono::milliseconds;
using test::json;
using test::router_talk;

namespace {

const std::string publish_a =
    R"({"id":1,"t":"notif","a":"create","p":{"t":"t","m":"a"}})";

std::string publish(const std::string& value) {
  return R"({"t":"notif","p":{"t":"t","m":")" + value + R"("}})";
}

}  // namespace

TEST_SUITE_BEGIN("actors/router");

TEST_CASE_FIXTURE(router_talk, "an opened connection gets its actor") {
  begin();
  burst(opened(1));
  CHECK(w.inbound.take_one<connection_opened>().ws == 1);
  CHECK(w.told.back().first == event::ws_connection);
  burst(closed(1));
  CHECK(w.inbound.take_one<connection_gone>().ws == 1);
  CHECK(w.told.back().first == event::ws_close);
}

TEST_CASE_FIXTURE(router_talk,
                  "publishes go to a producer, made at the first") {
  w.options.producer.mq_interval.reset();
  begin();
  burst(opened(1));
  CHECK(w.inbound.take<producer_opened>().empty());
  say(1, publish_a);
  CHECK(w.inbound.take<producer_opened>().size() == 1);
  CHECK(w.kafka.producer().values() == strings{"a"});
  say(1, R"({"t":"notif","p":{"t":"t","m":{"x": [1, 2]}}})");
  CHECK(w.kafka.producer().values() == strings{"a", R"({"x":[1,2]})"});
  CHECK(w.inbound.take<producer_opened>().empty());
}

TEST_CASE_FIXTURE(router_talk, "a burst of publishes is one batch") {
  w.options.producer.mq_interval.reset();
  begin();
  burst(opened(1));
  burst(received(1, '[' + publish_a + ',' + publish_a + ']'),
        received(1, publish_a));
  const auto& waiting = w.kafka.producer().waiting();
  REQUIRE(waiting.size() == 3);
  CHECK(waiting[0].batch == waiting[2].batch);
}

TEST_CASE_FIXTURE(router_talk, "publishes wait in an mq buffer") {
  begin();
  burst(opened(1), opened(2));
  say(1, publish_a);
  w.advance(milliseconds(150));
  say(1, publish("b"));
  say(2, publish("c"));
  CHECK(w.kafka.producer().values().empty());
  SUBCASE("for the interval from the first on") {
    w.advance(milliseconds(51));
  }
  SUBCASE("for no longer than its connection lives") {
    burst(closed(1));
  }
  CHECK(w.kafka.producer().values() == strings{"a", "b"});
  w.advance(milliseconds(201));
  CHECK(w.kafka.producer().values() == strings{"a", "b", "c"});
  w.kafka.producer().report();
}

TEST_CASE_FIXTURE(router_talk, "the stop ends all mq buffers") {
  begin();
  burst(opened(1), opened(2));
  say(1, publish_a);
  say(2, publish_a);
  caf::anon_send(actor, begin_stop{w.actors.now()});
  w.run();
  CHECK(w.kafka.producer().values() == strings{"a", "a"});
  w.kafka.producer().report();
}

TEST_CASE_FIXTURE(router_talk, "a full mq buffer goes at once") {
  w.options.producer.mq_limit = 2;
  begin();
  burst(opened(1), opened(2));
  say(1, publish_a);
  say(2, publish("b"));
  CHECK(w.kafka.producer().values().empty());
  say(1, publish("c"));
  CHECK(w.kafka.producer().values() == strings{"a", "c"});
  w.advance(milliseconds(201));
  CHECK(w.kafka.producer().values() == strings{"a", "c", "b"});
  w.kafka.producer().report();
}

TEST_CASE_FIXTURE(router_talk, "the deadline begins when the buffer ends") {
  w.options.producer.mq_interval = milliseconds(60'000);
  begin();
  burst(opened(1));
  say(1, publish_a);
  w.advance(milliseconds(60'001));
  CHECK(w.kafka.producer().values() == strings{"a"});
  w.advance(milliseconds(28'000));
  CHECK(w.sockets.take(1).empty());
  w.advance(milliseconds(2'001));
  CHECK(w.sockets.take_one(1).at("p").at("code") == "TIMEOUT");
  w.kafka.producer().report();
}

TEST_CASE_FIXTURE(router_talk, "its state names what it buffers") {
  begin();
  burst(opened(1), opened(2));
  say(1, publish_a);
  burst(received(1, publish_a), received(2, publish_a));
  const auto collector = test::listen_as_collector(w.actors, w.inbound);
  caf::anon_send(actor, describe{1, 2, collector});
  w.run();
  const json told = json::parse(w.inbound.take_one<described>().state);
  CHECK(told.at("buffered").at("messages") == 3);
  CHECK(told.at("buffered").at("bytes") == w.book.held(net::direction::in));
  CHECK(told.at("frames") == 3);
  w.advance(milliseconds(201));
  w.kafka.producer().report();
}

TEST_CASE_FIXTURE(router_talk, "the charge of a frame lasts until the report") {
  begin();
  burst(opened(1));
  say(1, publish_a);
  CHECK(w.book.held(net::direction::in) >= publish_a.size() + 200);
  w.advance(milliseconds(201));
  w.kafka.producer().report();
  w.run();
  CHECK(w.book.held(net::direction::in) == 0);
}

TEST_CASE_FIXTURE(router_talk, "publishes around a create are all charged") {
  w.options.kafka.auto_create_topics = false;
  begin();
  burst(opened(1));
  const std::string create = R"({"id":9,"t":"topic","a":"create","p":["n"]})";
  std::string many = publish_a;
  for (int i = 0; i < 200; ++i)
    many += ',' + publish_a;
  burst(received(1, '[' + many + ']'),
        received(1, '[' + publish_a + ',' + create + ',' + publish_a + ']'));
  const std::size_t held = w.book.held(net::direction::in);
  CHECK(held > many.size());
  CHECK(held < 100'000);
  w.advance(milliseconds(201));
  CHECK(w.kafka.producer().values().size() == 203);
}

TEST_CASE_FIXTURE(router_talk,
                  "what a record has besides goes along, charged") {
  w.options.producer.mq_interval.reset();
  begin();
  burst(opened(1));
  const std::string keys =
      R"("m":"a","key":"k","headers":[["a","b"],["c",null]],"partition":0)";
  const std::string frame = R"({"id":1,"t":"notif","p":{"t":"t",)" + keys +
                            R"(,"timestamp":5,"ack":true}})";
  say(1, frame);
  REQUIRE(w.kafka.producer().waiting().size() == 1);
  const auto& record = w.kafka.producer().waiting().front();
  CHECK(record.key == "k");
  CHECK(record.headers == "a=b,c=null,");
  CHECK(record.partition == 0);
  CHECK(record.timestamp == 5);
  CHECK(w.book.held(net::direction::in) ==
        frame.size() + 200 + kafka::publish_item_charge +
            sizeof(kafka::publish_extras) + 4 +
            2 * kafka::publish_header_charge);
  w.kafka.producer().report();
  w.run();
  CHECK(w.book.held(net::direction::in) == 0);
  CHECK(w.sockets.take_one(1).at("s") == 0);
}

TEST_CASE_FIXTURE(router_talk, "a time too far ahead is refused by us") {
  w.options.producer.mq_interval.reset();
  w.options.producer.max_timestamp_ahead = milliseconds(3'600'000);
  begin();
  burst(opened(1));
  const std::int64_t now = std::int64_t{1000} * std::time(nullptr);
  const auto publish_at = [&](std::int64_t time) {
    say(1, R"({"id":1,"t":"notif","p":{"t":"t","m":"a","timestamp":)" +
               std::to_string(time) + "}}");
  };
  publish_at(now + 3'500'000);
  publish_at(1);
  CHECK(w.kafka.producer().values().size() == 2);
  CHECK(w.sockets.take(1).empty());
  // Also where the clock goes on meanwhile.
  publish_at(now + 3'700'000);
  publish_at(9'223'372'036'854'775'807);
  CHECK(w.kafka.producer().values().size() == 2);
  for (const json& reply : w.sockets.take(1)) {
    CHECK(reply.at("p").at("code") == "INVALID_TIMESTAMP");
    CHECK(reply.at("p").at("retriable") == false);
    CHECK(reply.at("p").at("persisted") == "no");
  }
  CHECK(w.count.publish_refused == 2);
  w.kafka.producer().report();
}

TEST_CASE_FIXTURE(router_talk, "no receipt is promised where none comes") {
  w.options.producer.mq_interval.reset();
  w.options.producer.require_acks = config::acks::none;
  begin();
  burst(opened(1));
  say(1, R"({"id":1,"t":"notif","p":{"t":"t","m":"a","ack":true}})");
  const json reply = w.sockets.take_one(1);
  CHECK(reply.at("p").at("code") == "INVALID_REQUEST");
  CHECK(reply.at("p").at("persisted") == "no");
  CHECK(w.kafka.producer().values().empty());
}

TEST_CASE_FIXTURE(router_talk, "a publish waits for the create of its burst") {
  w.options.kafka.auto_create_topics = false;
  w.options.producer.mq_interval.reset();
  begin();
  burst(opened(1));
  say(1, R"([{"id":9,"t":"topic","a":"create","p":["n"]},)"
         R"({"id":10,"t":"notif","p":{"t":"n","m":"x"}}])");
  CHECK(w.inbound.take<check_topics>().empty());
  CHECK(w.inbound.take<create_topics>().size() == 1);
}

TEST_CASE_FIXTURE(router_talk,
                  "what a request holds while it waits is charged") {
  begin();
  burst(opened(1));
  // Nobody answers it, so the next one waits.
  say(1, R"({"id":1,"t":"topic","a":"create","p":["n"]})");
  const std::size_t before = w.book.held(net::direction::in);
  std::size_t least = 0;
  SUBCASE("names that were refused") {
    const std::string name = '/' + std::string(10'000, 'a');
    say(1, R"({"id":2,"t":"topic","a":"create","p":[")" + name + R"("]})");
    // Told once by itself, and once in the sentence.
    least = name.size();
  }
  SUBCASE("where it starts") {
    std::string from;
    for (int i = 0; i < 100; ++i)
      from +=
          R"(,{"topic":"a","offset":0,"partition":)" + std::to_string(i) + '}';
    say(1, R"({"id":2,"t":"topic","a":"subscribe","p":{"t":["a"],)"
           R"("broadcast":true,"from":[)" +
               from.substr(1) + "]}}");
    least = 100 * sizeof(partition_positions::value_type);
  }
  CHECK(w.book.held(net::direction::in) > before + least);
}

TEST_CASE_FIXTURE(router_talk, "ordered requests go to the connection") {
  begin();
  burst(opened(1));
  say(1, R"({"id":1,"t":"topic","a":"create","p":["a"]})");
  CHECK(w.inbound.take_one<create_topics>().topics == strings{"a"});
  say(1, R"({"id":2,"t":"topic","a":"list"})");
  CHECK(w.inbound.take<list_topics>().empty());
}

TEST_CASE_FIXTURE(router_talk,
                  "a subscribe without a group takes the default") {
  w.options.consumer.group_id = "default";
  begin();
  burst(opened(1));
  say(1, R"({"id":1,"t":"topic","a":"subscribe","p":{"t":["t"]}})");
  const auto asked = w.inbound.take_one<check_topics>();
  caf::anon_send(asked.reply_to,
                 topics_ready{asked.request, {{"t", std::nullopt}}});
  w.run();
  const auto sought = w.inbound.take_one<find_group>();
  CHECK(sought.group == "default");
  caf::anon_send(sought.reply_to, group_refused{sought.subscription, {}});
  w.run();
}

TEST_CASE_FIXTURE(router_talk, "notif and health wait for no subscribe") {
  w.options.producer.mq_interval.reset();
  begin();
  burst(opened(1));
  const std::string health = R"({"id":5,"t":"health"})";
  // In one frame with it, and behind it.
  say(1, R"([{"id":1,"t":"topic","a":"subscribe","p":{"t":["t"]}},)" +
             publish_a + ',' + health + ']');
  for (int i = 0; i < 2; ++i) {
    CHECK(w.kafka.producer().values().size() == 1u + i);
    CHECK(w.inbound.take<health_query>().size() == 1);
    say(1, '[' + health + ',' + publish_a + ']');
  }
  // A failure is told at once, too.
  w.sockets.take(1);
  say(1, R"({"id":6,"t":"notif","p":{"t":"t"}})");
  CHECK(w.sockets.take_one(1).at("refid") == 6);
  // Nobody has answered the subscribe's question yet.
  CHECK(w.inbound.take<check_topics>().size() == 1);
  CHECK(w.inbound.take<find_group>().empty());
}

TEST_CASE_FIXTURE(router_talk, "health goes to the gateway, charged") {
  begin();
  burst(opened(1));
  const std::string any(10'000, 'a');
  say(1, R"({"id":5,"t":"health","a":")" + any +
             R"(","p":{"detail":true,"limit":3,"offset":2}})");
  const auto query = w.inbound.take_one<health_query>();
  CHECK(query.head.id == "5");
  CHECK(query.detail);
  CHECK(query.limit == 3);
  CHECK(query.offset == 2);
  CHECK(w.book.held(net::direction::in) > any.size());
}

TEST_CASE_FIXTURE(router_talk, "hello and ping are answered at once") {
  begin();
  burst(opened(1));
  say(1, R"([{"id":1,"t":"hello"},{"id":2,"t":"ping","a":"x"}])");
  const auto replies = w.sockets.take(1);
  REQUIRE(replies.size() == 2);
  CHECK(replies[0].at("refid") == 1);
  CHECK(replies[0].at("p").at("ws") == 1);
  CHECK(replies[1].at("refid") == 2);
  CHECK(replies[1].at("a") == "x");
  // Since 1970, and no two days off.
  const std::int64_t time = replies[1].at("p").at("time");
  CHECK(std::abs(time / 1000 - std::time(nullptr)) < 172'800);
}

TEST_CASE_FIXTURE(router_talk, "who has said hello is told of unknown keys") {
  begin();
  burst(opened(1), opened(2));
  const std::string typo =
      R"({"id":3,"t":"topic","a":"unsubscribe","p":{"x":1}})";
  say(1, typo);
  CHECK(w.sockets.take_one(1).at("s") == 0);
  say(1, R"({"t":"hello"})");
  w.sockets.take(1);
  say(1, typo);
  CHECK(w.sockets.take_one(1).at("p").at("code") == "INVALID_REQUEST");
  say(2, typo);
  CHECK(w.sockets.take_one(2).at("s") == 0);
  say(1, R"({"t":"notif","p":{"t":"t","m":1,"consumer_group":"g"}})");
  CHECK(w.sockets.take_one(1).at("p").at("persisted") == "no");
  CHECK(w.count.bad_requests == 2);
}

TEST_CASE_FIXTURE(router_talk, "bad frames are answered, the others go on") {
  w.options.producer.mq_interval.reset();
  begin();
  burst(opened(1));
  say(1, "{");
  CHECK(w.sockets.take_one(1).at("p").at("code") == "INVALID_JSON");
  say(1, R"([{"id":1,"t":"what"},)" + publish_a + ']');
  CHECK(w.sockets.take_one(1).at("p").at("code") == "UNKNOWN_TYPE");
  CHECK(w.kafka.producer().values() == strings{"a"});
  say(1, R"({"id":2,"t":"notif","p":{"t":"t"}})");
  CHECK(w.sockets.take_one(1).at("p").at("persisted") == "no");
  CHECK(w.count.bad_requests == 3);
}

TEST_CASE_FIXTURE(router_talk, "what does not fit is refused, each message") {
  begin();
  burst(opened(1));
  burst(received(1, '[' + publish_a + R"(,{"id":2,"t":"topic","a":"list"}])",
                 true));
  const auto replies = w.sockets.take(1);
  REQUIRE(replies.size() == 2);
  CHECK(replies[0].at("p").at("code") == "QUEUE_FULL");
  CHECK(replies[0].at("p").at("persisted") == "no");
  CHECK(replies[1].at("p").at("code") == "QUEUE_FULL");
  CHECK_FALSE(replies[1].at("p").contains("persisted"));
  CHECK(w.kafka.producer().values().empty());
}

TEST_CASE_FIXTURE(router_talk, "who is owed four out marks is ended as slow") {
  w.options.producer.mq_interval.reset();
  begin();
  burst(opened(1), opened(2));
  // What is held lowers the mark, too: a fifth of all is four marks.
  const std::size_t four = w.book.bounds(net::direction::out).process / 5;
  net::charge owed(w.open(1).account, net::direction::out, four);
  say(1, publish_a);
  CHECK(w.sockets.closed(1).empty());
  owed.merge({w.open(1).account, net::direction::out, 1});
  burst(received(1, "{"), received(1, publish_a), received(2, publish_a));
  using reasons = std::vector<ws::close_reason>;
  CHECK(w.sockets.closed(1) == reasons{ws::close_reason::slow});
  // Nothing of it is read, not even when it has taken everything.
  owed = {};
  say(1, publish_a);
  CHECK(w.sockets.take(1).empty());
  CHECK(w.sockets.closed(1).size() == 1);
  // One by each, of before.
  CHECK(w.kafka.producer().values() == strings{"a", "a"});
  CHECK(w.sockets.closed(2).empty());
}

TEST_CASE_FIXTURE(router_talk, "while stopping requests are refused") {
  begin();
  burst(opened(1));
  caf::anon_send(actor, begin_stop{w.actors.now()});
  w.run();
  say(1, publish_a);
  const json reply = w.sockets.take_one(1);
  CHECK(reply.at("p").at("code") == "SHUTTING_DOWN");
  CHECK(reply.at("p").at("persisted") == "no");
}

TEST_CASE_FIXTURE(router_talk, "publishes just before the close are sent") {
  begin();
  burst(opened(1), received(1, publish_a), closed(1));
  CHECK(w.kafka.producer().values() == strings{"a"});
  w.kafka.producer().report();
  w.advance(milliseconds(1000));
  CHECK(w.inbound.take<producer_gone>().size() == 1);
}

TEST_CASE_FIXTURE(router_talk,
                  "events of a connection that is gone are nothing") {
  begin();
  burst(opened(1), closed(1));
  burst(received(1, publish_a), ws::confirmed{w.open(1).ref, 3},
        ws::written{w.open(1).ref});
  CHECK(w.sockets.take(1).empty());
}

TEST_CASE_FIXTURE(router_talk, "a connection that failed is closed") {
  begin();
  burst(opened(1));
  caf::anon_send(actor, connection_failed{w.open(1).ref});
  w.run();
  REQUIRE(w.sockets.closed(1).size() == 1);
  CHECK(w.sockets.closed(1)[0] == ws::close_reason::internal);
}

TEST_CASE_FIXTURE(router_talk, "the router's end ends its connections") {
  begin();
  burst(opened(1), opened(2), received(2, publish_a));
  w.kafka.producer().report();
  caf::anon_send(actor, retire{});
  w.run();
  CHECK(w.inbound.take<connection_gone>().size() == 2);
  CHECK(w.kafka.producer().values() == strings{"a"});
  w.kafka.producer().report();
  w.advance(milliseconds(1000));
  CHECK(w.inbound.take<producer_gone>().size() == 1);
}

TEST_CASE_FIXTURE(router_talk, "a failing one tells the gateway and ends") {
  begin();
  burst(opened(1));
  w.sockets.broken = true;
  burst(received(1, publish_a), received(1, "{"), received(1, publish_a));
  w.check_failed("router");
  CHECK(w.inbound.take_one<actor_failed>().kind == "router");
  CHECK(w.inbound.take<connection_gone>().size() == 1);
  // What it had handled goes, and it holds nothing of the rest.
  CHECK(w.kafka.producer().values() == strings{"a"});
  w.kafka.producer().report();
  CHECK(w.book.held(net::direction::in) == 0);
}

TEST_SUITE_END();
