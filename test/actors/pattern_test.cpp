#include "actors/pattern_watch.hpp"
#include "actors/topic_patterns.hpp"
#include "test/actors/broadcast_talk.hpp"

using namespace wskafka;
using std::chrono::milliseconds;
using test::broadcast_talk;
using test::fake_group;
using test::json;
using test::strings;

namespace {

kafka::topic_table table(const strings& names) {
  kafka::topic_table result;
  for (const std::string& name : names)
    result.partitions[name] = 1;
  return result;
}

/// Subscribes connection 1 to patterns; topics "a" and "b" exist.
struct pattern_talk : broadcast_talk {
  pattern_talk() {
    begin();
    open(1);
  }
  void subscribe_to(const std::string& entries, const std::string& more) {
    say(1, R"({"id":1,"t":"topic","a":"subscribe","p":{"t":[)" + entries +
               "]," + more + "}}");
  }
  void appear(const std::string& topic) {
    w.kafka.set_topic(topic, 1);
    w.advance(milliseconds(251));
  }
  /// Where the log of this topic is read, which the gateway sees only now.
  std::int64_t read_from(const std::string& topic) {
    const std::size_t before = w.kafka.past->reads.size();
    appear(topic);
    tails().log_ends[{topic, 0}] = 5;
    start();
    tails().tell_ranges();
    w.run();
    REQUIRE(w.kafka.past->reads.size() == before + 1);
    const kafka::position from = w.kafka.past->last().from.at(0);
    CHECK(from.at == kafka::topic_partition{topic, 0});
    w.kafka.past->last().tell(kafka::history_begun{});
    w.run();
    return from.offset;
  }
  /// The names of topics that it was told to begin, and has not answered.
  strings begins() {
    strings names;
    for (const auto& call : tails().begins)
      names.push_back(call.topic);
    return names;
  }
  fake_group& handle() { return w.kafka.group("g"); }
  void assign(std::vector<kafka::topic_partition> partitions) {
    for (const auto& p : partitions)
      handle().log_ends.emplace(p, 10);
    handle().emit_assigned(std::move(partitions));
    handle().settle([this] { w.run(); });
  }
};

}  // namespace

TEST_SUITE_BEGIN("actors/patterns");

TEST_CASE("the whole name must match, and internal topics do not") {
  const auto all = table({"__x", "a", "ab", "b", "cab"});
  CHECK(matching_topics("^a.*", all, false) == strings{"a", "ab"});
  CHECK(matching_topics("^a", all, false) == strings{"a"});
  CHECK(matching_topics("^.*", all, false) == strings{"a", "ab", "b", "cab"});
  CHECK(matching_topics("^.*x", all, false).empty());
  CHECK(matching_topics("^.*x", all, true) == strings{"__x"});
  CHECK(matching_topics("^(", all, true).empty());
}

TEST_CASE("a pattern that is none, or takes too much, is refused") {
  CHECK_FALSE(refused_pattern("^a+$"));
  CHECK(refused_pattern("^("));
  CHECK(refused_pattern("^((x{1,100}){1,10}){1,1000}"));
}

TEST_CASE_FIXTURE(pattern_talk, "where later topics start is charged") {
  const std::size_t before = w.book.held(net::direction::in);
  subscribe_to(R"("^no")", R"("broadcast":true,"from":[
      {"topic":"no","partition":0,"offset":7}])");
  CHECK(replies(1).size() == 1);
  CHECK(w.book.held(net::direction::in) > before);
  say(1, R"({"id":2,"t":"topic","a":"unsubscribe"})");
  CHECK(replies(1).size() == 1);
  CHECK(w.book.held(net::direction::in) == before);
}

TEST_CASE_FIXTURE(pattern_talk, "a group gets topics that appear") {
  subscribe_to(R"("^a.*")", R"("consumer_group":"g")");
  CHECK(handle().subscriptions.back() == strings{"a"});
  assign({{"a", 0}});
  CHECK(w.sockets.take_one(1).at("p") == json::parse(R"(["a"])"));
  appear("c");
  CHECK(handle().subscriptions.back() == strings{"a"});
  appear("ab");
  w.advance(milliseconds(1001));
  CHECK(handle().subscriptions.back() == strings{"a", "ab"});
  handle().emit_revoked();
  w.run();
  w.advance(milliseconds(10'000));
  handle().settle([this] { w.run(); });
  assign({{"a", 0}, {"ab", 0}});
  // From its first record on, and nobody is told anything.
  CHECK(handle().position({"ab", 0}) == 0);
  CHECK(w.sockets.take(1).empty());
  CHECK(handle().owner({"ab", 0}) != nullptr);
}

TEST_CASE_FIXTURE(pattern_talk, "a group that has no topic yet") {
  subscribe_to(R"("^x.*")", R"("consumer_group":"g")");
  CHECK(w.sockets.take_one(1).at("p") == json::array());
  appear("xy");
  CHECK(handle().subscriptions.back() == strings{"xy"});
  assign({{"xy", 0}});
  CHECK(handle().position({"xy", 0}) == 0);
  unsubscribe(1);
  CHECK(reply(1) == "ok");
  appear("xz");
  CHECK(handle().subscriptions.back() == strings{"xy"});
}

TEST_CASE_FIXTURE(pattern_talk, "who has no topic yet is told of the end") {
  SUBCASE("of a group") {
    subscribe_to(R"("^x.*")", R"("consumer_group":"g","events":true)");
  }
  SUBCASE("of a broadcast") {
    subscribe_to(R"("^x.*")", R"("broadcast":true,"events":true)");
  }
  w.sockets.take_one(1);
  stop();
  const json told = w.sockets.take_one(1);
  CHECK(told.at("a") == "draining");
  CHECK(told.at("p").at("positions") == json::array());
}

TEST_CASE_FIXTURE(pattern_talk, "a broadcast gets topics that appear") {
  subscribe_to(R"("^a.*")", R"("broadcast":true)");
  start();
  CHECK(reply(1) == "ok");
  fetch("one");
  CHECK(frames(1) == std::vector<strings>{{"one"}});
  appear("ab");
  start();
  REQUIRE(tails().locates.size() == 1);
  tails().tell_ranges();
  w.run();
  fetch("two", "ab");
  fetch("three");
  CHECK(frames(1) == std::vector<strings>{{"two"}, {"three"}});
  unsubscribe(1);
  CHECK(reply(1) == "ok");
  linger();
  CHECK(tails().ended.size() == 2);
}

TEST_CASE_FIXTURE(pattern_talk, "positions are of topics that appear, too") {
  subscribe_to(
      R"("^x.*")",
      R"("broadcast":true,"from":[{"topic":"xb","partition":0,"offset":3},)"
      R"({"topic":"xb","partition":4,"offset":1},)"
      R"({"topic":"xd","partition":0,"offset":5}])");
  const json reply = w.sockets.take_one(1);
  CHECK(reply.at("pos") == json::array());
  CHECK(reply.at("recovered") == true);
  CHECK(read_from("xa") == 0);
  // It has no such partition as the other that was listed.
  CHECK(read_from("xb") == 3);
  CHECK(closed(1).empty());
  appear("xd");
  tails().log_ends[{"xd", 0}] = 5;
  start();
  replies(1);
  // Where we begin, too: nothing is asked.
  CHECK(tails().locates.empty());
  put(ws::written{w.open(1).ref});
  fetch("new", "xd");
  CHECK(frames(1) == std::vector<strings>{{"new"}});
}

TEST_CASE_FIXTURE(pattern_talk, "a topic that is deleted before it is joined") {
  subscribe_to(R"("^a.*")", R"("broadcast":true,"events":true)");
  start();
  CHECK(reply(1) == "ok");
  w.kafka.set_topic("ac", 1);
  appear("ab");
  CHECK(begins() == strings{"ab", "ac"});
  const kafka::tail_failed deleted{
      "ab",
      tails().begins[0].epoch,
      {"UNKNOWN_TOPIC_OR_PARTITION", "It is not there.", false},
      true};
  tails().begins.erase(tails().begins.begin());
  bool seen_to_go = false;
  SUBCASE("told first") {
    tails().emit(deleted);
    w.run();
    start();
    tails().tell_ranges();
  }
  SUBCASE("told last") {
    start();
    tails().tell_ranges();
    w.run();
    tails().emit(deleted);
    seen_to_go = true;
  }
  w.run();
  CHECK(w.sockets.take_one(1) == json::parse(R"({"t":"event","a":"error","p":{
    "code":"UNKNOWN_TOPIC_OR_PARTITION","message":"It is not there.",
    "topic":"ab"}})"));
  CHECK(w.count.failures == 1);
  put(ws::written{w.open(1).ref});
  fetch("others", "a");
  fetch("come", "ac");
  CHECK(frames(1) == std::vector<strings>{{"others"}, {"come"}});
  // The list shows that it is another.
  w.kafka.set_topic("ab", 0);
  if (seen_to_go)
    w.advance(milliseconds(251));
  CHECK(begins().empty());
  appear("ab");
  CHECK(begins() == strings{"ab"});
  start();
  tails().tell_ranges();
  w.run();
  put(ws::written{w.open(1).ref});
  fetch("again", "ab");
  CHECK(frames(1) == std::vector<strings>{{"again"}});
  CHECK(closed(1).empty());
}

TEST_CASE_FIXTURE(pattern_talk, "a topic that cannot be joined") {
  subscribe_to(R"("^a.*")", R"("broadcast":true)");
  start();
  CHECK(reply(1) == "ok");
  appear("ab");
  SUBCASE("as brokers do not know it yet: tried again") {
    tails().fail_begins({"UNKNOWN_TOPIC_OR_PARTITION", "Not here.", true});
    w.run();
    CHECK(closed(1).empty());
    CHECK(begins() == strings{"ab"});
  }
  SUBCASE("for another reason: its client is to come again") {
    tails().fail_begins({"LIMIT_REACHED", "No room.", true});
    w.run();
    CHECK(closed(1) == std::vector{ws::close_reason::internal});
  }
  // Nothing is told to who did not ask for it.
  CHECK(replies(1).empty());
}

TEST_CASE_FIXTURE(pattern_talk, "a refusal leaves the earlier subscription") {
  ask(1, R"("b")");
  start();
  CHECK(reply(1) == "ok");
  subscribe_to(R"("^(")", R"("broadcast":true)");
  CHECK(reply(1) == "INVALID_REQUEST");
  fetch("still", "b");
  CHECK(frames(1) == std::vector<strings>{{"still"}});
}

TEST_CASE_FIXTURE(pattern_talk,
                  "a later subscribe overtakes, and is not widened") {
  subscribe_to(R"("^a.*")", R"("broadcast":true)");
  ask(1, R"("b")");
  start();
  const auto all = replies(1);
  REQUIRE(all.size() == 2);
  CHECK(all[0].at("p").at("code") == "SUPERSEDED");
  CHECK(all[1].at("s") == 0);
  appear("ab");
  CHECK(tails().begins.empty());
}

TEST_CASE("so many distinct patterns, and no more") {
  test::mail inbound;
  test::mail received;
  test::actor_world w;
  const auto watcher = test::listen_as_connection(w.actors, received);
  const auto watch = w.actors.spawn<pattern_watch>(
      w.shared, test::listen_as_gateway(w.actors, inbound));
  const auto ask = [&](std::uint64_t ws, strings patterns) {
    caf::anon_send(watch, watch_patterns{ws, 1, std::move(patterns),
                                         pattern_watcher{watcher}});
    w.run();
    const auto told = received.take_one<patterns_matched>();
    return told.why ? told.why->code : "";
  };
  strings all;
  for (std::size_t i = 0; i < pattern_watch::most_patterns; ++i)
    all.push_back("^" + std::to_string(i));
  CHECK(ask(1, all) == "");
  // Of those that there are anybody can have some.
  CHECK(ask(2, {"^0", "^999"}) == "");
  CHECK(ask(3, {"^0", "^one_more"}) == "LIMIT_REACHED");
  caf::anon_send(watch, unwatch_patterns{1, 1});
  w.run();
  CHECK(ask(3, {"^0", "^one_more"}) == "");
}

TEST_CASE("one timer looks, however many come before there is a list") {
  test::mail inbound;
  test::mail received;
  test::actor_world w;
  w.kafka.begin_anew();
  const auto watcher = test::listen_as_connection(w.actors, received);
  const auto watch = w.actors.spawn<pattern_watch>(
      w.shared, test::listen_as_gateway(w.actors, inbound));
  for (std::uint64_t ws = 1; ws <= 5; ++ws) {
    caf::anon_send(watch,
                   watch_patterns{ws, 1, {"^a"}, pattern_watcher{watcher}});
    w.run();
  }
  CHECK(w.actors.timers() == 1);
  w.advance(milliseconds(251));
  CHECK(w.actors.timers() == 1);
  CHECK(received.take<patterns_matched>().empty());
  w.kafka.set_topic("a", 1);
  w.advance(milliseconds(251));
  CHECK(received.take<patterns_matched>().size() == 5);
  CHECK(w.actors.timers() == 1);
}

TEST_SUITE_END();
