#include "test/actors/producer_talk.hpp"

#include <doctest/doctest.h>

#include <map>
#include <set>
#include <utility>
#include <vector>

using namespace wskafka;
using std::chrono::seconds;
using test::json;
using test::producer_talk;

namespace {

const kafka::failure too_large{"MESSAGE_TOO_LARGE", "Too large.", false};

}  // namespace

TEST_SUITE_BEGIN("actors/producer");

TEST_CASE_FIXTURE(producer_talk, "success is silent and releases the charge") {
  w.kafka.set_topic("t", 1);
  publish_to("t", {"a", "b"});
  CHECK(charged() > 0);
  w.kafka.producer().report();
  w.run();
  CHECK(charged() == 0);
  CHECK(w.sockets.take(1).empty());
}

TEST_CASE_FIXTURE(producer_talk, "a failure is told, with what may have been") {
  w.kafka.set_topic("t", 1);
  publish_to("t", {"a", "b"}, 41);
  bool maybe = false;
  SUBCASE("it may have been written") {
    maybe = true;
  }
  SUBCASE("it was not") {
    maybe = false;
  }
  w.kafka.producer().fail(too_large, maybe);
  w.run();
  const auto replies = w.sockets.take(1);
  REQUIRE(replies.size() == 2);
  CHECK(replies[0].at("refid") == 41);
  CHECK(replies[1].at("refid") == 42);
  CHECK(replies[0].at("t") == "notif");
  CHECK(replies[0].at("s") == 1);
  CHECK(replies[0].at("p").at("code") == "MESSAGE_TOO_LARGE");
  CHECK(replies[0].at("p").at("persisted") == (maybe ? "maybe" : "no"));
  CHECK(charged() == 0);
}

TEST_CASE_FIXTURE(producer_talk, "a refusal of the handle is told") {
  w.kafka.set_topic("t", 1);
  w.kafka.producer().refuse(too_large);
  publish_to("t", {"a"});
  CHECK(w.sockets.take_one(1).at("p").at("persisted") == "no");
  CHECK(charged() == 0);
}

TEST_CASE_FIXTURE(producer_talk,
                  "records wait for an unknown topic, in order") {
  w.kafka.set_topic("known", 1);
  publish_to("new", {"1", "2"});
  publish_to("known", {"x"});
  publish_to("new", {"3"});
  CHECK(w.kafka.producer().values() == strings{"x"});
  w.kafka.set_topic("new", 1);
  // Known by now, but those that wait go first.
  publish_to("new", {"4"});
  CHECK(w.kafka.producer().values() == strings{"x"});
  topic_checked();
  CHECK(w.kafka.producer().values() == strings{"x", "1", "2", "3", "4"});
}

TEST_CASE_FIXTURE(producer_talk,
                  "a topic that cannot be made fails its records") {
  publish_to("new", {"a", "b"});
  topic_checked(kafka::failure{"POLICY_VIOLATION", "No.", false});
  const auto replies = w.sockets.take(1);
  REQUIRE(replies.size() == 2);
  CHECK(replies[0].at("p").at("code") == "POLICY_VIOLATION");
  CHECK(replies[0].at("p").at("persisted") == "no");
  CHECK(charged() == 0);
  // The next one asks again.
  publish_to("new", {"c"});
  CHECK(w.inbound.take<check_topics>().size() == 1);
}

TEST_CASE_FIXTURE(producer_talk,
                  "a topic that is being created is not missing") {
  tell(expect_topics{{"new"}});
  publish_to("new", {"a"});
  CHECK(w.inbound.take<check_topics>().empty());
  w.kafka.set_topic("new", 1);
  tell(topics_created{{"new"}});
  topic_checked();
  CHECK(w.kafka.producer().values() == strings{"a"});
}

TEST_CASE_FIXTURE(producer_talk, "a create may come while a topic is sought") {
  publish_to("new", {"a"});
  const auto asked = w.inbound.take_one<check_topics>();
  tell(expect_topics{{"new"}});
  publish_to("new", {"b"});
  tell(topics_ready{
      asked.request,
      {{"new", kafka::failure{"UNKNOWN_TOPIC_OR_PARTITION", "No.", true}}}});
  CHECK(w.sockets.take(1).empty());
  w.kafka.set_topic("new", 1);
  tell(topics_created{{"new"}});
  topic_checked();
  CHECK(w.kafka.producer().values() == strings{"a", "b"});
}

TEST_CASE_FIXTURE(producer_talk, "unreported records time out once, as maybe") {
  w.kafka.set_topic("t", 1);
  publish_to("t", {"a"});
  w.advance(seconds(29));
  CHECK(w.sockets.take(1).empty());
  w.advance(seconds(2));
  const json reply = w.sockets.take_one(1);
  CHECK(reply.at("p").at("code") == "TIMEOUT");
  CHECK(reply.at("p").at("persisted") == "maybe");
  // The answer releases nothing: librdkafka still holds the bytes.
  CHECK(charged() > 0);
  w.kafka.producer().fail(too_large, false);
  w.run();
  CHECK(w.sockets.take(1).empty());
  CHECK(charged() == 0);
  CHECK(w.count.publish_timeouts == 1);
}

TEST_CASE_FIXTURE(producer_talk, "failed records are an event, once a burst") {
  w.kafka.set_topic("t", 1);
  publish_to("t", {"a", "b"});
  w.kafka.producer().fail(too_large, false);
  w.run();
  CHECK(w.sockets.take(1).size() == 2);
  REQUIRE(w.told.size() == 1);
  CHECK(w.told[0].first == event::producer_error);
  CHECK(w.told[0].second == too_large.message);
}

TEST_CASE_FIXTURE(producer_talk,
                  "records that never reached the edge are an event too") {
  publish_to("new", {"a", "b"});
  std::string why;
  SUBCASE("no topic for them") {
    topic_checked(kafka::failure{"POLICY_VIOLATION", "No.", false});
    why = "No.";
  }
  SUBCASE("too late for them") {
    w.advance(seconds(31));
    why = "The record was not reported by the broker in time.";
  }
  CHECK(w.sockets.take(1).size() == 2);
  REQUIRE(w.told.size() == 1);
  CHECK(w.told[0].first == event::producer_error);
  CHECK(w.told[0].second == why);
}

TEST_CASE_FIXTURE(producer_talk, "records without a topic time out as no") {
  publish_to("new", {"a"});
  w.advance(seconds(31));
  const json reply = w.sockets.take_one(1);
  CHECK(reply.at("p").at("code") == "TIMEOUT");
  CHECK(reply.at("p").at("persisted") == "no");
  CHECK(charged() == 0);
  topic_checked();
  CHECK(w.sockets.take(1).empty());
}

TEST_CASE_FIXTURE(producer_talk, "a reported record does not time out") {
  w.kafka.set_topic("t", 1);
  publish_to("t", {"a", "b"});
  w.kafka.producer().report();
  w.advance(seconds(60));
  CHECK(w.sockets.take(1).empty());
}

TEST_CASE_FIXTURE(producer_talk,
                  "what waits for its topic at the end is sent") {
  w.kafka.set_topic("t", 1);
  publish_to("t", {"a"});
  publish_to("new", {"b"});
  tell(peer_closed{});
  CHECK(w.kafka.producer().values() == strings{"a"});
  CHECK(w.inbound.take<producer_gone>().empty());
  w.kafka.set_topic("new", 1);
  topic_checked();
  CHECK(w.kafka.producer().values() == strings{"a", "b"});
  w.advance(seconds(1));
  CHECK(w.inbound.take<producer_gone>().empty());
  w.kafka.producer().report();
  w.advance(seconds(1));
  CHECK(w.inbound.take<producer_gone>().size() == 1);
}

TEST_CASE_FIXTURE(producer_talk, "with nothing left it ends at once") {
  w.kafka.set_topic("t", 1);
  publish_to("t", {"a"});
  w.kafka.producer().report();
  tell(peer_closed{});
  CHECK(w.inbound.take<producer_gone>().size() == 1);
}

TEST_CASE_FIXTURE(producer_talk,
                  "the stop waits for topics and is told when done") {
  w.kafka.set_topic("t", 1);
  publish_to("t", {"a"});
  publish_to("new", {"b"});
  tell(flush_now{});
  CHECK(w.kafka.producer().values() == strings{"a"});
  CHECK(w.inbound.take<producer_flushed>().empty());
  SUBCASE("the topic is found") {
    w.kafka.set_topic("new", 1);
    topic_checked();
    CHECK(w.kafka.producer().values() == strings{"a", "b"});
  }
  SUBCASE("the time is over") {
    w.advance(seconds(31));
    CHECK(w.sockets.take(1).size() == 2);
  }
  SUBCASE("it is given up") {
    tell(flush_now{true});
    const json reply = w.sockets.take_one(1);
    CHECK(reply.at("p").at("code") == "SHUTTING_DOWN");
    CHECK(reply.at("p").at("persisted") == "no");
  }
  CHECK(w.inbound.take<producer_flushed>().size() == 1);
}

TEST_CASE_FIXTURE(producer_talk, "cyclic moves on by one with each flush") {
  w.kafka.set_topic("t", 3);
  std::set<std::int32_t> seen;
  for (int i = 0; i < 3; ++i)
    publish_to("t", {"a", "b"});
  const auto& all = w.kafka.producer().waiting();
  REQUIRE(all.size() == 6);
  for (std::size_t i = 0; i < 6; i += 2) {
    CHECK(all[i].partition == all[i + 1].partition);
    seen.insert(all[i].partition);
  }
  CHECK(seen == std::set<std::int32_t>{0, 1, 2});
}

TEST_CASE_FIXTURE(producer_talk, "first takes the first partition always") {
  w.options.producer.partitioner_type = config::partitioner::first;
  w.kafka.set_topic("t", 3);
  for (int i = 0; i < 4; ++i)
    publish_to("t", {"a", "b"});
  CHECK(partitions_used() == std::vector<std::int32_t>(8, 0));
}

TEST_CASE_FIXTURE(producer_talk, "random chooses anew for each record") {
  w.options.producer.partitioner_type = config::partitioner::random;
  w.kafka.set_topic("t", 3);
  publish_to("t", strings(300, "a"));
  std::map<std::int32_t, int> counts;
  std::set<std::pair<std::int32_t, std::int32_t>> neighbours;
  const auto used = partitions_used();
  REQUIRE(used.size() == 300);
  for (std::size_t i = 0; i < used.size(); ++i) {
    ++counts[used[i]];
    if (i > 0)
      neighbours.emplace(used[i - 1], used[i]);
  }
  REQUIRE(counts.size() == 3);
  for (const auto& [partition, count] : counts) {
    CHECK(partition >= 0);
    CHECK(partition < 3);
    // A fair one is outside of this once in a hundred thousand runs.
    CHECK(count > 65);
  }
  // No cycle, and no runs alone: any may follow any.
  CHECK(neighbours.size() == 9);
}

TEST_CASE_FIXTURE(producer_talk, "keyed takes the absent key's partition") {
  w.options.producer.partitioner_type = config::partitioner::keyed;
  w.kafka.set_topic("t", 3);
  w.kafka.set_topic("single", 1);
  for (int i = 0; i < 4; ++i)
    publish_to("t", {"a", "b"});
  // kafka-node makes 1 of its hash, 0.
  CHECK(partitions_used() == std::vector<std::int32_t>(8, 1));
  publish_to("single", {"a"});
  CHECK(partitions_used().back() == 0);
}

TEST_CASE_FIXTURE(producer_talk, "a deleted topic is looked for again") {
  w.kafka.set_topic("t", 1);
  publish_to("t", {"a"});
  w.kafka.set_topic("t", 0);
  publish_to("t", {"b"});
  CHECK(w.kafka.producer().values() == strings{"a"});
  CHECK(w.inbound.take<check_topics>().size() == 1);
}

TEST_CASE_FIXTURE(producer_talk, "what waited goes in order") {
  w.kafka.set_topic("t", 1);
  tell(wskafka::publish{{batch_to("t", {"a", "b"}), batch_to("t", {"c"})}});
  CHECK(w.kafka.producer().values() == strings{"a", "b", "c"});
  w.kafka.producer().report();
  CHECK(charged() == 0);
}

TEST_CASE_FIXTURE(producer_talk, "a failing one ends its connection") {
  w.kafka.set_topic("t", 1);
  publish_to("new", {"a"});
  SUBCASE("by its records") {
    w.kafka.producer().breaks_after = 1;
    tell(wskafka::publish{{batch_to("t", {"b", "c"}), batch_to("t", {"d"})}});
    CHECK(w.kafka.producer().values() == strings{"b"});
  }
  SUBCASE("by records that waited for their topic") {
    publish_to("new", {"b", "c"}, 5);
    w.kafka.set_topic("new", 1);
    w.kafka.producer().breaks_after = 1;
    topic_checked();
    CHECK(w.kafka.producer().values() == strings{"a"});
  }
  SUBCASE("by a reply") {
    publish_to("t", {"b"});
    w.sockets.broken = true;
    w.kafka.producer().fail({"ANY", "Any.", false}, false);
    w.run();
  }
  w.check_failed("producer");
  using reasons = std::vector<ws::close_reason>;
  CHECK(w.sockets.closed(1) == reasons{ws::close_reason::internal});
  CHECK(w.inbound.take<producer_gone>().size() == 1);
  w.kafka.producer().report();
  CHECK(charged() == 0);
}

TEST_CASE_FIXTURE(producer_talk, "its state names what waits for its topic") {
  w.kafka.set_topic("t", 1);
  publish_to("t", {"a"});
  publish_to("new", {"bb", "ccc"});
  const auto collector = test::listen_as_collector(w.actors, w.inbound);
  tell(describe{1, 2, collector});
  const json told = json::parse(w.inbound.take_one<described>().state);
  CHECK(told.at("buffered").dump() == R"({"messages":2,"bytes":5})");
  CHECK(told.at("published") == 1);
  w.kafka.producer().report();
}

TEST_SUITE_END();
