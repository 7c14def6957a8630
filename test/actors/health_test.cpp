#include "test/actors/gateway_talk.hpp"

#include <doctest/doctest.h>

#include <set>

using namespace wskafka;
using std::chrono::milliseconds;
using test::gateway_talk;
using test::json;

namespace {

struct health_talk : gateway_talk {
  json ask(std::uint64_t ws, const std::string& p = "") {
    say(ws, R"({"id":5,"t":"health")" + (p.empty() ? p : ",\"p\":" + p) + '}');
    const auto sent = replies(ws);
    REQUIRE(sent.size() == 1);
    CHECK(sent[0].at("refid") == 5);
    CHECK(sent[0].at("s") == 0);
    return sent[0].at("p");
  }
  /// The state of the one actor of this kind.
  json state(const std::string& kind) {
    json found;
    const json p = ask(1, R"({"detail":true})");
    for (const json& entry : p.at("actors"))
      if (entry.at("kind") == kind)
        found = entry;
    return found;
  }
  void refused(std::uint64_t ws) {
    const auto sent = replies(ws);
    REQUIRE(sent.size() == 1);
    CHECK(sent[0].at("refid") == 6);
    CHECK(sent[0].at("p").at("code") == "RATE_LIMITED");
  }
};

}  // namespace

TEST_SUITE_BEGIN("actors/health");

TEST_CASE_FIXTURE(health_talk, "every connection is listed, the asker first") {
  begin();
  open(1);
  open(2);
  open(3);
  subscribe(2, "t", "g");
  replies(2);
  const json p = ask(3);
  REQUIRE(p.at("consumers").size() == 3);
  CHECK(p.at("consumers").at(0) == json::parse(R"({"ws":3,"topics":[]})"));
  CHECK(p.at("consumers").at(2) == json::parse(R"({"ws":2,"topics":["t"]})"));
  CHECK_FALSE(p.contains("total"));
}

TEST_CASE_FIXTURE(health_talk,
                  "the others may be a second old, the asker not") {
  begin();
  open(1);
  ask(1);
  open(2);
  CHECK(ask(1).at("consumers").size() == 1);
  CHECK(ask(2).at("consumers").at(0).at("ws") == 2);
  w.advance(milliseconds(1001));
  CHECK(ask(1).at("consumers").size() == 2);
}

TEST_CASE_FIXTURE(health_talk, "at most 1,000 entries, and then the total") {
  begin();
  for (std::uint64_t ws = 1; ws <= 1'001; ++ws)
    open(ws);
  json p = ask(1'001);
  CHECK(p.at("consumers").size() == 1'000);
  CHECK(p.at("consumers").at(0).at("ws") == 1'001);
  CHECK(p.at("total") == 1'001);
  close(1);
  w.advance(milliseconds(1001));
  p = ask(1'001);
  CHECK(p.at("consumers").size() == 1'000);
  CHECK_FALSE(p.contains("total"));
}

TEST_CASE_FIXTURE(health_talk, "detail names every actor by kind") {
  begin();
  open(1);
  subscribe(1, "t", "g");
  say(1, R"({"t":"notif","p":{"t":"t","m":"a"}})");
  replies(1);
  open(2);
  say(2, R"({"t":"topic","a":"subscribe","p":{"t":["t"],"broadcast":true}})");
  w.kafka.tail_reader().start();
  w.run();
  open(3);
  say(3, R"({"t":"topic","a":"subscribe","p":{"t":["^x"]}})");
  const json p = ask(1, R"({"detail":true})");
  std::set<std::string> kinds;
  for (const json& entry : p.at("actors")) {
    CAPTURE(entry.dump());
    kinds.insert(entry.at("kind").get<std::string>());
    // What each of them tells (`protocol.md` "Actor state").
    for (const char* key : {"id", "queue", "per_second", "last_error"})
      CHECK(entry.contains(key));
    for (const char* key : {"messages", "bytes"})
      CHECK(entry.at("buffered").contains(key));
  }
  CHECK(kinds == std::set<std::string>{"gateway", "topics", "pattern_watch",
                                       "router", "consumer_group", "broadcast",
                                       "connection", "producer"});
  CHECK(p.at("total_actors") == 10);
  CHECK(p.contains("version"));
  CHECK(p.contains("ledger"));
  CHECK(p.at("counters").at("requests") == 5);
}

TEST_CASE_FIXTURE(health_talk, "a group tells its lag, credit and rate") {
  begin();
  open(1);
  subscribe(1, "t", "g");
  replies(1);
  const json before = state("consumer_group");
  const json place = before.at("assignment").at(0);
  CHECK(place.at("lag") == 0);
  CHECK(place.at("credit") == w.open(1).account->delivery_credit());
  CHECK(before.at("buffered").dump() == R"({"messages":0,"bytes":0})");
  CHECK(before.at("per_second") == 0);

  w.kafka.group("g").fetch({"t", 0}, 20);
  w.run();
  const json busy = state("consumer_group");
  const std::size_t held = w.open(1).account->held(net::direction::out);
  CHECK(held > 0);
  CHECK(busy.at("assignment").at(0).at("lag") == 20);
  CHECK(busy.at("assignment").at(0).at("position") == 20);
  CHECK(busy.at("assignment").at(0).at("credit") <= place.at("credit"));
  CHECK(busy.at("buffered").at("messages") == 20);
  CHECK(busy.at("buffered").at("bytes") == held);
  CHECK(busy.at("per_second") == doctest::Approx(2));

  w.advance(*w.options.consumer.mq_interval + milliseconds(1));
  CHECK(replies(1).size() == 1);
  put(ws::confirmed{w.open(1).ref, w.sockets.confirmable(1)});
  w.advance(w.options.consumer.auto_commit_interval);
  w.kafka.group("g").settle([this] { w.run(); });
  const json done = state("consumer_group");
  CHECK(done.at("assignment").at(0).at("lag") == 0);
  CHECK(done.at("assignment").at(0).at("credit") == place.at("credit"));
  CHECK(done.at("buffered").dump() == R"({"messages":0,"bytes":0})");
  CHECK(done.at("per_second") < busy.at("per_second"));
  CHECK(done.at("per_second") > 1);
}

TEST_CASE_FIXTURE(health_talk, "a partition that nobody has gets no credit") {
  begin();
  open(1);
  open(2);
  subscribe(2, "t", "g");
  say(2, R"({"id":2,"t":"topic","a":"unsubscribe"})");
  const json left = state("consumer_group");
  REQUIRE(left.at("assignment").size() == 1);
  CHECK(left.at("assignment").at(0).at("ws") == 0);
  CHECK(left.at("assignment").at(0).at("credit") == 0);
}

TEST_CASE_FIXTURE(health_talk, "a router counts frames and their messages") {
  begin();
  open(1);
  const json before = state("router");
  say(1,
      "["
      R"({"t":"notif","p":{"t":"t","m":"a"}},)"
      R"({"t":"notif","p":{"t":"t","m":"b"}}])");
  const json after = state("router");
  CHECK(after.at("connections") == 1);
  // The question itself is one.
  CHECK(after.at("frames") == before.at("frames").get<int>() + 2);
  CHECK(after.at("messages") == before.at("messages").get<int>() + 3);
  // Ten seconds' mean, at a time that stands still.
  CHECK(after.at("per_second") == doctest::Approx(0.4));
  w.advance(milliseconds(10'000));
  CHECK(state("router").at("per_second") < 0.3);
}

TEST_CASE_FIXTURE(health_talk, "a router tells what it refused last") {
  begin();
  open(1);
  CHECK(state("router").at("last_error") == "");
  say(1, R"({"t":"nothing"})");
  CHECK(replies(1).size() == 1);
  CHECK(state("router").at("last_error") == "UNKNOWN_TYPE");
}

TEST_CASE_FIXTURE(health_talk, "a broadcast tells its lag") {
  begin();
  w.kafka.set_topic("t", 2);
  open(1);
  say(1, R"({"t":"topic","a":"subscribe","p":{"t":["t"],"broadcast":true}})");
  auto& tails = w.kafka.tail_reader();
  tails.start(2);
  w.run();
  replies(1);
  tails.log_ends = {{{"t", 0}, 50}, {{"other", 1}, 70}};
  tails.fetch({"t", 0}, 20);
  w.run();
  // It has not been sent yet.
  CHECK(state("broadcast").at("positions").at(0).at("lag") == 50);
  w.advance(*w.options.consumer.mq_interval + milliseconds(1));
  CHECK(replies(1).size() == 1);
  CHECK(state("broadcast").at("positions") == json::parse(R"([
      {"partition":0,"position":20,"lag":30},{"partition":1,"position":0}])"));
}

TEST_CASE_FIXTURE(health_talk, "a pattern watch tells what waits and failed") {
  w.kafka.begin_anew();
  begin();
  open(1);
  say(1, R"({"t":"topic","a":"subscribe","p":{"t":["^wait"]}})");
  json told = state("pattern_watch");
  CHECK(told.at("buffered").dump() == R"({"messages":1,"bytes":5})");
  CHECK(told.at("per_second") == doctest::Approx(0.1));
  CHECK(told.at("last_error") == "");
  w.kafka.set_topic("t", 1);
  w.advance(milliseconds(251));
  CHECK(replies(1).size() == 1);
  say(1, R"({"t":"topic","a":"subscribe","p":{"t":["^("]}})");
  CHECK(replies(1).size() == 1);
  told = state("pattern_watch");
  CHECK(told.at("buffered").dump() == R"({"messages":0,"bytes":0})");
  CHECK(told.at("last_error") == "INVALID_REQUEST");
}

TEST_CASE_FIXTURE(health_talk, "the topics tell who waits for them") {
  begin();
  open(1);
  open(2);
  const std::string none = R"({"messages":0,"bytes":0})";
  CHECK(state("topics").at("buffered").dump() == none);
  const std::size_t before = w.book.held(net::direction::in);
  say(2, R"({"t":"topic","a":"list"})");
  say(2, R"({"t":"topic","a":"describe","p":["t"]})");
  const std::size_t held = w.book.held(net::direction::in) - before;
  CHECK(held > 0);
  json waiting = state("topics").at("buffered");
  CHECK(waiting.at("messages") == 2);
  CHECK(waiting.at("bytes") == held);
  say(2, R"({"t":"topic","a":"create","p":["t"]})");
  waiting = state("topics").at("buffered");
  CHECK(waiting.at("messages") == 3);
  CHECK(waiting.at("bytes") == held);
}

TEST_CASE_FIXTURE(health_talk,
                  "who is asked tells how often, and what failed") {
  w.options.consumer.max_groups = 1;
  begin();
  open(1);
  CHECK(state("topics").at("per_second") == 0);
  CHECK(state("gateway").at("last_error") == "");
  say(1, R"({"id":1,"t":"topic","a":"create","p":["t"]})");
  w.kafka.finish_creates(kafka::failure{"POLICY_VIOLATION", "No.", false});
  w.run();
  replies(1);
  CHECK(state("topics").at("per_second") == doctest::Approx(0.1));
  CHECK(state("topics").at("last_error") == "POLICY_VIOLATION");
  const double asked = state("gateway").at("per_second");
  subscribe(1, "t", "g");
  replies(1);
  say(1, R"({"id":1,"t":"topic","a":"subscribe",)"
         R"("p":{"t":["t"],"consumer_group":"h"}})");
  CHECK(replies(1).size() == 1);
  CHECK(state("gateway").at("last_error") == "LIMIT_REACHED");
  // For two groups and the health that is shown.
  CHECK(state("gateway").at("per_second") == doctest::Approx(asked + 0.4));
}

TEST_CASE_FIXTURE(health_talk, "pages hold each actor once") {
  begin();
  open(1);
  open(2);
  std::vector<std::string> seen;
  for (int offset = 0; offset < 6; offset += 2) {
    const json p = ask(1, R"({"detail":true,"limit":2,"offset":)" +
                              std::to_string(offset) + '}');
    CHECK(p.at("total_actors") == 5);
    for (const json& entry : p.at("actors"))
      seen.push_back(entry.at("kind").get<std::string>() +
                     entry.at("id").dump());
  }
  CHECK(seen.size() == 5);
  CHECK(std::set<std::string>(seen.begin(), seen.end()).size() == 5);
}

TEST_CASE_FIXTURE(health_talk, "a page behind the last one is empty") {
  begin();
  open(1);
  CHECK(ask(1, R"({"detail":true,"offset":100})").at("actors").empty());
}

TEST_CASE_FIXTURE(health_talk, "who does not answer in 500 ms is busy") {
  begin();
  open(1);
  // It listens and tells nothing.
  tell(connection_opened{
      7, describable_connection{test::listen_as_connection(w.actors, other)}});
  say(1, R"({"id":5,"t":"health","p":{"detail":true}})");
  CHECK(replies(1).empty());
  w.advance(milliseconds(499));
  CHECK(replies(1).empty());
  w.advance(milliseconds(2));
  const auto sent = replies(1);
  REQUIRE(sent.size() == 1);
  unsigned busy = 0;
  for (const json& entry : sent[0].at("p").at("actors"))
    busy += entry.contains("busy");
  CHECK(busy == 1);
  // Its answer comes too late, and is nothing.
  const auto asked = other.take_one<describe>();
  caf::anon_send(asked.to, described{asked.query, asked.index, "{}"});
  w.run();
  CHECK(replies(1).empty());
}

TEST_CASE_FIXTURE(health_talk, "one page of detail at a time") {
  begin();
  open(1);
  open(2);
  // It listens and tells nothing.
  tell(connection_opened{
      7, describable_connection{test::listen_as_connection(w.actors, other)}});
  const std::string detail = R"({"id":6,"t":"health","p":{"detail":true}})";
  say(1, detail);
  CHECK(replies(1).empty());
  const std::size_t held = w.book.held(net::direction::in);
  CHECK(held > 0);
  // The page of who asks for this is not one that waits.
  const json waiting =
      ask(2, R"({"detail":true,"limit":1})").at("actors").at(0).at("buffered");
  CHECK(waiting.at("messages") == 1);
  CHECK(waiting.at("bytes") == held);
  say(1, detail);
  refused(1);
  // What is small is answered, and so are others.
  ask(1);
  say(2, detail);
  CHECK(replies(2).empty());
  w.advance(milliseconds(501));
  CHECK(replies(2).size() == 1);
  CHECK(replies(1).size() == 1);
  ask(1, R"({"detail":true,"limit":1})");
}

TEST_CASE_FIXTURE(health_talk, "nothing for who leaves replies untaken") {
  begin();
  open(1);
  open(2);
  const auto account = w.open(1).account;
  // What is held lowers the mark, too.
  const std::size_t mark = w.book.bounds(net::direction::out).process / 17;
  net::charge untaken(account, net::direction::out, mark);
  ask(1);
  untaken.merge({account, net::direction::out, 1});
  for (const char* p : {"", R"(,"p":{"detail":true})"}) {
    say(1, R"({"id":6,"t":"health")" + std::string(p) + '}');
    refused(1);
  }
  CHECK(w.count.failures == 2);
  ask(2);
  untaken = {};
  ask(1);
}

TEST_SUITE_END();
