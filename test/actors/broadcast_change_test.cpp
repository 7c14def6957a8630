#include "test/actors/feed_talk.hpp"

using namespace wskafka;
using test::json;
using test::strings;

namespace {

/// Member 1 has got two records of each of topic "a"'s two partitions, and
/// hears of gaps.
struct two_partitions : test::feed_talk {
  two_partitions() {
    begin();
    open(1);
    subscribe_with(R"("events":true)");
    tails().start(2);
    w.run();
    CHECK(reply(1) == "ok");
    produce_to(0, 2);
    produce_to(1, 2);
    CHECK(all_got() == strings{"a/0/0", "a/0/1", "a/1/0", "a/1/1"});
  }
  void subscribe_with(const std::string& more) {
    say(1,
        R"({"id":1,"t":"topic","a":"subscribe","p":{"t":["a"],"broadcast":true,)" +
            more + "}}");
  }
  void produce_to(std::int32_t partition, unsigned count) {
    tails().fetch({"a", partition}, count);
    w.run();
  }
  /// The topic has one partition now.
  void shrink() {
    tails().shrink("a", 1);
    w.run();
    tails().jump({"a", 0}, 0, true);
    w.run();
  }
  void ask_for(const std::string& action, const std::string& p) {
    say(1, R"({"id":7,"t":"topic","a":")" + action + R"(","p":)" + p + '}');
  }
  void pass_places() {
    for (ws::stands_aside& each : std::exchange(w.sockets.places, {}))
      put(std::move(each));
  }
  /// As the reply tells them, which must come first.
  json positions_after(const std::string& action, const std::string& p) {
    ask_for(action, p);
    pass_places();
    return answered(1).at("p");
  }
  /// Values, and gaps as "partition from-to reason", chunk by chunk.
  strings all_got() {
    strings all;
    for (bool more = true; more;) {
      for (const json& frame : std::exchange(came[1], {}))
        add_values(all, frame);
      more = w.sockets.write(1);
      came[1] = w.sockets.take(1);
      if (more)
        put(ws::written{w.open(1).ref});
      more = more || !came[1].empty();
    }
    return all;
  }
  static void add_values(strings& all, const json& frame) {
    if (frame.is_array()) {
      for (const json& element : frame)
        all.push_back(element.at("p"));
      return;
    }
    const json& p = frame.at("p");
    all.push_back(p.at("partition").dump() + ' ' + p.at("from").dump() + '-' +
                  p.at("to").dump() + ' ' + p.at("reason").get<std::string>());
  }
};

}  // namespace

TEST_SUITE_BEGIN("actors/broadcast_change");

TEST_CASE_FIXTURE(
    two_partitions,
    "created anew with fewer partitions: the others are no more") {
  shrink();
  CHECK(all_got() == strings{"0 2-0 truncated"});
  produce_to(0, 1);
  CHECK(all_got() == strings{"a/0/0"});
  open(2);
  SUBCASE("at the end") {
    resume(2, R"("latest")");
    CHECK(answered(2).at("pos") == json::parse(at(1)));
  }
  SUBCASE("at the beginning") {
    resume(2, R"("earliest")");
    REQUIRE(tails().locates.size() == 1);
    CHECK(tails().locates[0].partitions == std::vector<std::int32_t>{0});
    tell_ranges();
    CHECK(answered(2).at("pos") == json::parse(at(0)));
    CHECK(got(2) == strings{"0"});
  }
  SUBCASE("in a list") {
    resume(2, R"([{"topic":"a","partition":1,"offset":2}])");
    CHECK(reply(2) == "UNKNOWN_TOPIC_OR_PARTITION");
  }
  SUBCASE("for who has been here") {
    CHECK(positions_after("position", "null") == json::parse(at(1)));
  }
}

TEST_CASE_FIXTURE(two_partitions,
                  "who is ahead of one partition gets the others meanwhile") {
  // Behind what was read of it lies a control record.
  tails().log_ends[{"a", 0}] = 3;
  open(2);
  resume(2, R"([{"topic":"a","partition":0,"offset":3},)"
            R"({"topic":"a","partition":1,"offset":2}])");
  tell_ranges();
  CHECK(answered(2).at("recovered") == true);
  produce_to(1, 2);
  CHECK(got(2) == strings{"2", "3"});
  produce_to(1, 1);
  CHECK(got(2) == strings{"4"});
  produce_to(0, 2);
  CHECK(got(2) == strings{"3"});
  const unsigned before = w.sockets.fan_outs;
  produce_to(1, 1);
  CHECK(got(2) == strings{"5"});
  CHECK(w.sockets.fan_outs == before + 1);
}

TEST_CASE_FIXTURE(two_partitions,
                  "an answer that tells of partitions that are no more") {
  open(2);
  resume(2, R"("earliest")");
  REQUIRE(tails().locates.size() == 1);
  const auto asked = std::exchange(tails().locates, {})[0];
  CHECK(asked.partitions == std::vector<std::int32_t>{0, 1});
  shrink();
  kafka::log_range second{{"a", 1}, 0, 2, 0, std::nullopt};
  SUBCASE("as it was") {}
  SUBCASE("as it is") {
    second.error = kafka::failure{"UNKNOWN_TOPIC_OR_PARTITION", "No.", true};
  }
  tails().emit(kafka::tail_located{
      "a", asked.question, {{{"a", 0}, 0, 0, 0, std::nullopt}, second}});
  w.run();
  CHECK(answered(2).at("pos") == json::parse(at(0)));
}

TEST_CASE_FIXTURE(two_partitions, "a read of partitions that are no more") {
  tails().log_ends = {{{"a", 0}, 9}, {{"a", 1}, 9}};
  tails().jump({"a", 0}, 9, false);
  tails().jump({"a", 1}, 9, false);
  w.run();
  open(2);
  resume(2, R"([{"topic":"a","partition":0,"offset":3},)"
            R"({"topic":"a","partition":1,"offset":3}])");
  tell_ranges();
  CHECK(read().from.size() == 2);
  read_tells(kafka::history_begun{});
  CHECK(answered(2).at("s") == 0);
  got(2);
  tails().shrink("a", 1);
  w.run();
  CHECK(read().ended);
  tails().jump({"a", 0}, 0, true);
  w.run();
  CHECK(got(2) == strings{"3-0 truncated"});
  produce_to(0, 1);
  CHECK(got(2) == strings{"0"});
}

TEST_CASE_FIXTURE(two_partitions, "a seek in a topic that is created anew") {
  positions_after("pause", "null");
  CHECK(positions_after("seek", at(1)).size() == 2);
  shrink();
  CHECK(positions_after("resume", "null") == json::parse(at(1)));
  CHECK(all_got().empty());
  tell_ranges();
  CHECK(all_got() == strings{"0 1-0 truncated"});
  produce_to(0, 1);
  CHECK(all_got() == strings{"a/0/0"});
}

TEST_CASE_FIXTURE(two_partitions, "a partition that comes back is another") {
  shrink();
  CHECK(all_got() == strings{"0 2-0 truncated"});
  tails().grow("a", 2);
  w.run();
  CHECK(all_got() == strings{"1 2-0 truncated"});
  const json both = json::parse(R"([{"topic":"a","partition":0,"offset":0},)"
                                R"({"topic":"a","partition":1,"offset":0}])");
  CHECK(positions_after("pause", "null") == both);
  produce_to(1, 1);
  CHECK(positions_after("resume", "null") == both);
  CHECK(all_got() == strings{"a/1/0"});
}

TEST_CASE_FIXTURE(two_partitions,
                  "a place in the topic before counts for nothing") {
  ask_for("pause", "null");
  tails().jump({"a", 0}, 0, true);
  w.run();
  // Only now the actor hears where the member stood.
  pass_places();
  CHECK(w.sockets.take_one(1).at("p")[0].at("offset") == 0);
  produce_to(0, 1);
  CHECK(positions_after("resume", "null")[0].at("offset") == 0);
  CHECK(all_got() == strings{"a/0/0"});
}

TEST_CASE_FIXTURE(two_partitions, "who is too slow is told of each partition") {
  subscribe_with(R"("slow":"drop")");
  CHECK(reply(1) == "ok");
  w.sockets.stall(1, true);
  produce_to(0, 2);
  pass_places();
  produce_to(1, 1);
  produce_to(0, 1);
  produce_to(1, 2);
  w.sockets.stall(1, false);
  CHECK(all_got() == strings{"0 2-5 slow", "1 2-5 slow"});
  produce_to(1, 1);
  CHECK(all_got() == strings{"a/1/5"});
  CHECK(w.count.dropped_records == 6);
}

TEST_SUITE_END();
