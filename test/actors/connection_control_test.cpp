#include "test/actors/connection_talk.hpp"

#include <doctest/doctest.h>

using namespace wskafka;
using test::connection_talk;
using test::json;

namespace {

const kafka::topic_partition a0{"a", 0};

struct connection_control_talk : connection_talk {
  control_request control(partition_action what,
                          std::vector<kafka::position> partitions = {}) {
    control_request r = request(kind::partitions, "7");
    r.action = what;
    r.all_partitions = partitions.empty();
    r.partitions = std::move(partitions);
    return r;
  }
  void come(std::int32_t partition, std::int64_t first, std::size_t count,
            std::uint64_t number, const std::string& value = "x") {
    deliver_records(test::delivered(w.open(1), "a", first,
                                    std::vector<std::string>(count, value),
                                    number, 1, partition));
  }
  control_partitions asked(partition_action what,
                           std::vector<kafka::position> partitions = {}) {
    ask({control(what, std::move(partitions))});
    return w.inbound.take_one<control_partitions>();
  }
};

}  // namespace

TEST_SUITE_BEGIN("actors/connection/control");

TEST_CASE_FIXTURE(connection_control_talk,
                  "what was not sent is dropped at a pause") {
  w.options.consumer.mq_interval = std::chrono::milliseconds(100);
  const auto number = subscribe({"a"});
  come(0, 0, 3, number);
  const auto order = asked(partition_action::pause, {{a0, 0}});
  CHECK(order.ws == 1);
  CHECK(order.sent.empty());
  // Those on their way are, too.
  come(0, 3, 2, number);
  w.advance(std::chrono::milliseconds(1000));
  CHECK(w.sockets.take(1).empty());
  CHECK(w.count.stale_records == 2);
  tell(partitions_controlled{order.request, {{a0, 0}}, std::nullopt});
  CHECK(w.sockets.take_one(1).at("p") ==
        json::parse(R"([{"topic":"a","partition":0,"offset":0}])"));
  // From here on records are wanted again.
  come(0, 0, 1, number);
  w.advance(std::chrono::milliseconds(1000));
  CHECK(w.sockets.take(1).size() == 1);
}

TEST_CASE_FIXTURE(connection_control_talk, "other partitions flow meanwhile") {
  const auto number = subscribe({"a"});
  const auto order = asked(partition_action::pause, {{a0, 0}});
  come(1, 0, 1, number);
  CHECK(w.sockets.take(1).size() == 1);
  tell(partitions_controlled{order.request, {{a0, 0}}, std::nullopt});
  CHECK(w.sockets.take_one(1).at("refid") == 7);
}

TEST_CASE_FIXTURE(connection_control_talk,
                  "what was sent is told, and forgotten by a seek") {
  const auto number = subscribe({"a"});
  come(0, 0, 3, number);
  w.sockets.take(1);
  const auto first = asked(partition_action::position);
  CHECK(first.all);
  REQUIRE(first.sent.size() == 1);
  CHECK(first.sent[0].offset == 3);
  tell(partitions_controlled{first.request, {{a0, 3}}, std::nullopt});
  w.sockets.take_one(1);
  const auto seek = asked(partition_action::seek, {{a0, 1}});
  CHECK(seek.sent.size() == 1);
  tell(partitions_controlled{seek.request, {{a0, 1}}, std::nullopt});
  CHECK(w.sockets.take_one(1).at("s") == 0);
  CHECK(asked(partition_action::position).sent.empty());
}

TEST_CASE_FIXTURE(connection_control_talk,
                  "the group's refusal is the answer") {
  subscribe({"a"});
  const auto order = asked(partition_action::pause, {{a0, 0}});
  tell(partitions_controlled{
      order.request,
      {},
      protocol::failure(protocol::error_code::invalid_request, "Not yours.")});
  const json reply = w.sockets.take_one(1);
  CHECK(reply.at("s") == 1);
  CHECK(reply.at("p").at("code") == "INVALID_REQUEST");
}

TEST_CASE_FIXTURE(connection_control_talk,
                  "requests wait for it, and it has a deadline") {
  subscribe({"a"});
  const auto order = asked(partition_action::pause);
  ask(kind::unsubscribe, "8");
  CHECK(w.sockets.take(1).empty());
  w.advance(w.options.kafka.request_timeout);
  const auto all = w.sockets.take(1);
  REQUIRE(all.size() == 2);
  CHECK(all[0].at("refid") == 7);
  CHECK(all[0].at("p").at("code") == "TIMEOUT");
  CHECK(all[1].at("refid") == 8);
  // Its answer may come all the same.
  tell(partitions_controlled{order.request, {}, std::nullopt});
  CHECK(w.sockets.take(1).empty());
}

TEST_CASE_FIXTURE(connection_control_talk,
                  "a later pause does not let flow what an earlier one stops") {
  const auto number = subscribe({"a"});
  const auto seek = asked(partition_action::seek, {{a0, 1}});
  w.advance(w.options.kafka.request_timeout);
  CHECK(w.sockets.take_one(1).at("p").at("code") == "TIMEOUT");
  const auto pause = asked(partition_action::pause, {{{"a", 1}, 0}});
  come(0, 3, 1, number);
  tell(partitions_controlled{pause.request, {{{"a", 1}, 0}}, std::nullopt});
  CHECK(w.sockets.take_one(1).at("refid") == 7);
  // The group still counts on it that this is dropped.
  come(0, 4, 1, number);
  CHECK(w.sockets.take(1).empty());
  tell(partitions_controlled{seek.request, {{a0, 1}}, std::nullopt});
  come(0, 1, 1, number);
  CHECK(w.sockets.take(1).size() == 1);
}

TEST_CASE_FIXTURE(connection_control_talk,
                  "without a subscription there is nothing") {
  ask({control(partition_action::position)});
  CHECK(w.sockets.take_one(1).at("p") == json::array());
  ask({control(partition_action::seek, {{a0, 1}})});
  CHECK(w.sockets.take_one(1).at("p").at("code") == "INVALID_REQUEST");
}

TEST_CASE_FIXTURE(connection_control_talk, "events are told as they come") {
  const auto number = subscribe({"a"});
  tell(ownership_changed{number, true, {{a0, 1, 4}}});
  CHECK(w.sockets.take_one(1) == json::parse(R"({"t":"event","a":"assigned",
    "p":[{"topic":"a","partition":0,"offset":4}]})"));
  tell(ownership_changed{number, false, {{a0, 0, 5}}});
  CHECK(w.sockets.take_one(1).at("a") == "revoked");
  tell(ownership_changed{number - 1, true, {{a0, 1, 5}}});
  CHECK(w.sockets.take(1).empty());
  tell(subscription_trouble{
      number, {"TOPIC_AUTHORIZATION_FAILED", "No.", false}, ""});
  CHECK(w.sockets.take_one(1) == json::parse(R"({"t":"event","a":"error","p":{
          "code":"TOPIC_AUTHORIZATION_FAILED","message":"No."}})"));
}

TEST_CASE_FIXTURE(connection_control_talk,
                  "who is to be closed when slow is impatient") {
  control_request r = request(kind::subscribe, "1", {"a"});
  r.mode.slow = protocol::slow_policy::close;
  ask({r});
  const auto join = joined();
  CHECK_FALSE(w.sockets.impatient(1));
  tell(subscription_ready{join.subscription});
  CHECK(w.sockets.impatient(1));
  ask(kind::unsubscribe, "2");
  CHECK_FALSE(w.sockets.impatient(1));
}

TEST_CASE_FIXTURE(connection_control_talk,
                  "who is subscribed may be silent, until it is not") {
  ask(kind::subscribe, "1", {"a"});
  const auto join = joined();
  CHECK_FALSE(w.sockets.silent(1));
  tell(subscription_ready{join.subscription});
  CHECK(w.sockets.silent(1));
  SUBCASE("it ends it") {
    ask(kind::unsubscribe, "2");
  }
  SUBCASE("it subscribes to nothing") {
    ask(kind::subscribe, "2");
  }
  SUBCASE("what it has instead fails") {
    ask(kind::subscribe, "2", {"a"}, "h");
    const auto second = joined();
    tell(subscription_failed{second.subscription, {}});
  }
  CHECK_FALSE(w.sockets.silent(1));
}

TEST_CASE_FIXTURE(connection_control_talk,
                  "a skipped record is a gap, and the end is told") {
  w.options.websocket.max_record_out = 60;
  control_request r = request(kind::subscribe, "1", {"a"});
  r.mode.events = r.mode.gaps = true;
  ask({r});
  const auto join = joined();
  CHECK(join.events);
  tell(subscription_ready{join.subscription});
  w.sockets.take_one(1);
  come(0, 0, 3, join.subscription, std::string(100, 'x'));
  const auto all = w.sockets.take(1);
  REQUIRE(all.size() == 3);
  CHECK(all[0] == json::parse(R"({"t":"event","a":"gap","p":{"topic":"a",
    "partition":0,"from":0,"to":1,"reason":"oversized"}})"));
}

TEST_CASE_FIXTURE(connection_control_talk,
                  "what its patterns mean more of ends no events") {
  control_request r = request(kind::subscribe, "1");
  r.patterns = {"^a.*"};
  r.mode.events = true;
  ask({r});
  const auto watch = w.inbound.take_one<watch_patterns>().watch;
  tell(patterns_matched{watch, {"a"}, std::nullopt});
  found();
  const auto first = w.inbound.take_one<join_group>();
  CHECK_FALSE(first.widens);
  tell(subscription_ready{first.subscription});
  w.sockets.take_one(1);
  tell(patterns_matched{watch, {"a", "ab"}, std::nullopt});
  found();
  const auto wider = w.inbound.take_one<join_group>();
  CHECK(wider.widens);
  // What the group said before it knew.
  tell(ownership_changed{first.subscription, false, {{a0, 0, 5}}});
  CHECK(w.sockets.take_one(1).at("a") == "revoked");
  // Nor does the end of the server find it without a subscription.
  tell(drain{w.actors.now() + std::chrono::milliseconds(1500)});
  CHECK(w.sockets.take(1).empty());
  tell(group_draining{wider.subscription, {{a0, 1, 5}}});
  CHECK(w.sockets.take_one(1).at("a") == "draining");
}

TEST_CASE_FIXTURE(connection_control_talk,
                  "where all stand is told behind the last record") {
  control_request r = request(kind::subscribe, "1", {"a"});
  r.mode.events = true;
  r.mode.window = 2;
  ask({r});
  const auto join = joined();
  tell(subscription_ready{join.subscription});
  w.sockets.take_one(1);
  tell(drain{w.actors.now() + std::chrono::milliseconds(1500)});
  CHECK(w.sockets.take(1).empty());
  come(0, 5, 3, join.subscription);
  // Of 1 what was sent was another's; of 2 there was nothing.
  tell(group_draining{join.subscription,
                      {{a0, 1, 0}, {{"a", 1}, 2, 4}, {{"a", 2}, 3, 9}}});
  const auto all = w.sockets.take(1);
  REQUIRE(all.size() == 2);
  CHECK(all[0].size() == 2);
  CHECK(all[1] == json::parse(R"({"t":"event","a":"draining","p":{"in_ms":1500,
    "positions":[{"topic":"a","partition":0,"offset":7},
                 {"topic":"a","partition":1,"offset":4},
                 {"topic":"a","partition":2,"offset":9}]}})"));
  peer_confirms(w.sockets.confirmable(1));
  CHECK(w.sockets.take(1).empty());
}

TEST_SUITE_END();
