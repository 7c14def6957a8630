#include "test/actors/feed_talk.hpp"

using namespace wskafka;
using test::feed_talk;
using test::json;
using test::strings;

namespace {

/// Member 1 just gets everything; member 2 does this and that.
struct broadcast_control_talk : feed_talk {
  explicit broadcast_control_talk(std::size_t history = 1'000'000) {
    w.options.consumer.broadcast_history = history;
    begin();
    join(1);
    join(2);
  }
  void ask_for(const std::string& action, const std::string& p = {}) {
    say(2, R"({"id":7,"t":"topic","a":")" + action + '"' +
               (p.empty() ? "" : R"(,"p":)" + p) + '}');
  }
  /// The shard's answers reach the actors.
  void pass_places() {
    while (!w.sockets.places.empty()) {
      ws::stands_aside place = std::move(w.sockets.places.front());
      w.sockets.places.erase(w.sockets.places.begin());
      put(std::move(place));
    }
  }
  /// The position that the reply tells.
  std::int64_t told(const std::string& action, const std::string& p = {}) {
    ask_for(action, p);
    pass_places();
    const json reply = answered(2);
    CHECK(reply.at("refid") == 7);
    CHECK(reply.at("s") == 0);
    REQUIRE(reply.at("p").size() == 1);
    CHECK(reply.at("p")[0].at("topic") == "a");
    CHECK(reply.at("p")[0].at("partition") == 0);
    return reply.at("p")[0].at("offset");
  }
  std::string refused(const std::string& action, const std::string& p) {
    ask_for(action, p);
    pass_places();
    const json reply = answered(2);
    CHECK(reply.at("s") == 1);
    return reply.at("p").at("code");
  }
  void subscribe_with(const std::string& more) {
    say(2,
        R"({"id":1,"t":"topic","a":"subscribe","p":{"t":["a"],"broadcast":true,)" +
            more + "}}");
    CHECK(answered(2).at("s") == 0);
    came[2].clear();
  }
};

/// Memory holds the last frame alone.
struct forgetful_talk : broadcast_control_talk {
  forgetful_talk() : broadcast_control_talk(0) {}
};

}  // namespace

TEST_SUITE_BEGIN("actors/broadcast_control");

TEST_CASE_FIXTURE(broadcast_control_talk,
                  "paused, nothing comes; then all of it does") {
  produce(2);
  CHECK(got(2) == offsets(0, 2));
  CHECK(told("pause") == 2);
  produce(3);
  CHECK(got(2).empty());
  CHECK(told("position") == 2);
  CHECK(told("resume") == 2);
  CHECK(got(2) == offsets(2, 5));
  produce(1);
  CHECK(got(2) == offsets(5, 6));
  CHECK(got(1) == offsets(0, 6));
  CHECK(w.kafka.past->reads.empty());
}

TEST_CASE_FIXTURE(forgetful_talk, "a pause outlasts memory") {
  produce(2);
  got(2);
  told("pause");
  for (int i = 0; i < 3; ++i)
    produce(1);
  told("resume");
  read_tells(kafka::history_begun{});
  read_gives(2, 4);
  CHECK(got(2) == offsets(2, 5));
}

TEST_CASE_FIXTURE(broadcast_control_talk,
                  "pausing twice, and resuming what flows") {
  produce(1);
  CHECK(got(2) == offsets(0, 1));
  CHECK(told("resume") == 1);
  CHECK(told("pause") == 1);
  CHECK(told("pause") == 1);
  produce(1);
  CHECK(got(2).empty());
  CHECK(told("resume") == 1);
  CHECK(got(2) == offsets(1, 2));
}

TEST_CASE_FIXTURE(broadcast_control_talk,
                  "a seek separates old records from new") {
  produce(5);
  CHECK(got(2) == offsets(0, 5));
  CHECK(told("seek", at(1)) == 1);
  CHECK(got(2) == offsets(1, 5));
  produce(1);
  CHECK(got(2) == offsets(5, 6));
  CHECK(got(1) == offsets(0, 6));
}

TEST_CASE_FIXTURE(broadcast_control_talk,
                  "a seek while paused waits for the resume") {
  produce(5);
  got(2);
  told("pause");
  CHECK(told("seek", at(3)) == 3);
  CHECK(got(2).empty());
  CHECK(told("resume") == 3);
  CHECK(got(2) == offsets(3, 5));
}

TEST_CASE_FIXTURE(broadcast_control_talk,
                  "a seek beyond what is there is asked about") {
  produce(2);
  got(2);
  CHECK(told("seek", at(100)) == 100);
  tell_ranges();
  // It goes on where the log says, as whoever resumes does.
  CHECK(got(2) == offsets(0, 2));
}

TEST_CASE_FIXTURE(broadcast_control_talk, "what is refused changes nothing") {
  produce(2);
  got(2);
  CHECK(refused("pause", R"([{"topic":"a","partition":3}])") ==
        "INVALID_REQUEST");
  CHECK(refused("seek", R"([{"topic":"a","partition":3,"offset":0}])") ==
        "INVALID_REQUEST");
  CHECK(refused("seek", R"([{"topic":"b","partition":0,"offset":0}])") ==
        "INVALID_REQUEST");
  CHECK(refused("resume", R"([{"topic":"b","partition":0}])") ==
        "INVALID_REQUEST");
  produce(2);
  CHECK(got(2) == offsets(2, 4));
}

TEST_CASE_FIXTURE(broadcast_control_talk,
                  "a topic that refuses does not undo the others") {
  ask(2, R"("a","b")");
  tails().start(2);
  w.run();
  CHECK(answered(2).at("s") == 0);
  const auto flow = [this] {
    produce(1);
    tails().fetch({"b", 0}, 1);
    w.run();
    return got(2);
  };
  CHECK(flow() == strings{"0", "0"});
  CHECK(refused("pause",
                R"([{"topic":"a","partition":0},)"
                R"({"topic":"b","partition":0}])") == "INVALID_REQUEST");
  CHECK(flow() == strings{"1"});
  ask_for("position");
  pass_places();
  CHECK(answered(2).at("p") ==
        json::parse(R"([{"topic":"a","partition":0,"offset":1},)"
                    R"({"topic":"b","partition":0,"offset":2},)"
                    R"({"topic":"b","partition":1,"offset":0}])"));
  ask_for("resume");
  pass_places();
  CHECK(answered(2).at("p").size() == 3);
  CHECK(got(2) == strings{"1"});
  CHECK(refused("seek", R"([{"topic":"a","partition":7,"offset":0},)"
                        R"({"topic":"b","partition":0,"offset":0}])") ==
        "INVALID_REQUEST");
  CHECK(got(2) == strings{"0", "1"});
  CHECK(flow() == strings{"2", "2"});
}

TEST_CASE_FIXTURE(broadcast_control_talk,
                  "its place is asked for until it is known") {
  produce(2);
  got(2);
  ask_for("pause");
  REQUIRE(w.sockets.places.size() == 1);
  ws::stands_aside late = w.sockets.places[0];
  late.known = late.behind = false;
  // As if it had caught up between the shard's answer and the actor's look.
  put(late);
  CHECK(w.sockets.take(2).empty());
  CHECK(w.sockets.places.size() == 2);
  w.sockets.places.erase(w.sockets.places.begin() + 1);
  pass_places();
  CHECK(answered(2).at("p")[0].at("offset") == 2);
}

TEST_CASE_FIXTURE(broadcast_control_talk,
                  "who is too slow is told what it missed") {
  subscribe_with(R"("slow":"drop")");
  produce(1);
  CHECK(got(2) == offsets(0, 1));
  w.sockets.stall(2, true);
  produce(2);
  pass_places();
  produce(2);
  w.sockets.stall(2, false);
  CHECK(got(2) == strings{"1-5 slow"});
  produce(1);
  CHECK(got(2) == offsets(5, 6));
  CHECK(w.count.dropped_records == 4);
  CHECK(closed(2).empty());
}

TEST_CASE_FIXTURE(broadcast_control_talk, "a deleted topic is an event") {
  subscribe_with(R"("events":true)");
  tails().vanish("a", {"UNKNOWN_TOPIC_OR_PARTITION", "It was deleted.", true});
  w.run();
  const json event = w.sockets.take_one(2);
  CHECK(event == json::parse(R"({"t":"event","a":"error","p":{
    "code":"UNKNOWN_TOPIC_OR_PARTITION","message":"It was deleted.",
    "topic":"a"}})"));
  CHECK(w.sockets.take(1).empty());
}

TEST_CASE_FIXTURE(broadcast_control_talk,
                  "where it stopped is told when draining") {
  subscribe_with(R"("events":true)");
  produce(3);
  tell(begin_stop{w.actors.now() + std::chrono::seconds(9)});
  const auto all = w.sockets.take(2);
  REQUIRE(all.size() == 2);
  CHECK(all[0].is_array());
  CHECK(all[1] == json::parse(R"({"t":"event","a":"draining","p":{"in_ms":9000,
    "positions":[{"topic":"a","partition":0,"offset":3}]}})"));
}

TEST_SUITE_END();
