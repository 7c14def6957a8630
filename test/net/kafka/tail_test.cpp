#include "test/net/kafka/tail_fixture.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <thread>

using namespace wskafka;
using namespace wskafka::kafka;
using std::chrono::milliseconds;
using clock_type = std::chrono::steady_clock;
using test::tail_fixture;

TEST_SUITE("net/kafka/tails") {
  TEST_CASE("a tail starts at the ends, and each partition comes in order") {
    tail_fixture f;
    const std::string topic = f.new_topic();
    for (int p = 0; p < 3; ++p)
      f.write(topic, p, test::numbered(0, 100 + p));
    const auto told = f.begin(topic, 7);
    REQUIRE(told.starts.size() == 3);
    for (int p = 0; p < 3; ++p) {
      CHECK(told.starts[p].at == topic_partition{topic, p});
      CHECK(told.starts[p].offset == 100 + p);
    }
    for (int p = 0; p < 3; ++p)
      f.write(topic, p, test::numbered(p * 1000, p * 1000 + 500));
    for (int p = 0; p < 3; ++p)
      CHECK(test::read(f, {topic, p}, 500, 100 + p, 7) ==
            test::numbered(p * 1000, p * 1000 + 500));
    for (const position& end : f.reader->ends(topic))
      CHECK(end.offset == 600 + end.at.partition);
    CHECK(f.reader->ends(topic).size() == 3);
    CHECK(f.log->all.size() == 0);
    CHECK(f.payer->held(net::direction::out) == 0);
  }

  TEST_CASE("there is no handle before the first topic") {
    tail_fixture f;
    const std::string topic = f.new_topic();
    CHECK(f.edge().state().handles == 2);
    f.reader->end(topic);
    CHECK(f.reader->ends(topic).empty());
    f.begin(topic, 1);
    CHECK(f.edge().state().handles == 3);
    f.begin(f.new_topic(), 1);
    CHECK(f.edge().state().handles == 3);
  }

  TEST_CASE("topics beyond the prefetch budget are refused") {
    config::options options = test::test_options();
    // The small queues of four partitions, while a topic has three.
    options.consumer.prefetch_budget = 4 * (4 * 128 + 128) * 1024;
    tail_fixture f(options);
    const std::string first = f.new_topic();
    const std::string second = f.new_topic();
    f.begin(first, 1);
    f.reader->begin(second, 2, test::patience);
    const auto told = f.log->next<tail_failed>();
    CHECK(told.topic == second);
    CHECK(told.why.code == "LIMIT_REACHED");
    CHECK(told.fatal);
    // What is given up makes room.
    f.reader->end(first);
    f.begin(second, 3);
  }

  TEST_CASE("topics that come and go do not disturb the one that streams") {
    tail_fixture f;
    const std::string first = f.new_topic();
    const auto told = f.begin(first, 1);
    // What waits to be read below must not use up the credit.
    std::atomic<bool> over{false};
    std::atomic<int> count{0};
    std::thread writer([&] {
      while (!over && count < 8000) {
        const int from = count;
        f.publish(f.batch(first, test::numbered(from, from + 20)), 0);
        f.edge().producer().flush(clock_type::now() + test::patience);
        count = from + 20;
      }
    });
    for (std::uint32_t round = 0; round < 10; ++round) {
      const std::string other = f.new_topic();
      const std::int64_t at = f.begin(other, 100 + round).starts[1].offset;
      f.write(other, 1, test::numbered(0, 10));
      CHECK(test::read(f, {other, 1}, 10, at, 100 + round) ==
            test::numbered(0, 10));
      f.reader->end(other);
    }
    over = true;
    writer.join();
    CHECK(test::read(f, {first, 0}, count, told.starts[0].offset, 1) ==
          test::numbered(0, count));
  }

  TEST_CASE("a topic that was ended is not read, and begins anew at its end") {
    tail_fixture f;
    const std::string topic = f.new_topic();
    const std::string other = f.new_topic();
    f.begin(topic, 1);
    f.begin(other, 1);
    f.write(topic, 0, test::numbered(0, 10));
    test::read(f, {topic, 0}, 10, 0, 1);
    f.reader->end(topic);
    f.await_turn();
    f.write(topic, 0, test::numbered(10, 20));
    f.write(other, 0, test::numbered(0, 1));
    test::read(f, {other, 0}, 1, 0, 1);
    CHECK(f.log->all.size() == 0);
    CHECK(f.reader->ends(topic).empty());
    CHECK_FALSE(f.reader->ends(other).empty());
    for (const position& end : f.reader->ends(other))
      CHECK(end.at.topic == other);

    CHECK(f.begin(topic, 2).starts[0].offset == 20);
    f.write(topic, 0, test::numbered(20, 30));
    CHECK(test::read(f, {topic, 0}, 10, 20, 2) == test::numbered(20, 30));
    // Without an end between them too.
    CHECK(f.begin(topic, 3).starts[0].offset == 30);
    f.write(topic, 0, test::numbered(30, 40));
    CHECK(test::read(f, {topic, 0}, 10, 30, 3) == test::numbered(30, 40));
    CHECK(f.log->all.size() == 0);
  }

  TEST_CASE("a begin that was ended meanwhile is not told") {
    tail_fixture f;
    const std::string topic = f.new_topic();
    for (std::uint32_t epoch = 1; epoch < 50; ++epoch) {
      f.reader->begin(topic, epoch, test::patience);
      if (epoch % 2 == 0)
        f.reader->end(topic);
    }
    f.reader->end(topic);
    f.reader->begin(topic, 50, test::patience);
    // Each begin has its answer before that of a later one.
    CHECK(f.log->next<tail_started>().epoch == 50);
    f.write(topic, 2, test::numbered(0, 10));
    CHECK(test::read(f, {topic, 2}, 10, 0, 50) == test::numbered(0, 10));
    CHECK(f.log->all.size() == 0);
  }

  TEST_CASE("a topic that is not there fails, and can begin when it is") {
    tail_fixture f;
    const std::string topic = test::unique_name("t");
    f.reader->begin(topic, 1, test::patience);
    const auto failed = f.log->next<tail_failed>();
    CHECK(failed.topic == topic);
    CHECK(failed.epoch == 1);
    CHECK(failed.why.code == "UNKNOWN_TOPIC_OR_PARTITION");
    CHECK(failed.fatal);
    test::arrivals<std::vector<create_outcome>> done;
    f.edge().create(plain_topics({topic}), test::patience,
                    [&](std::vector<create_outcome> all) { done.add(all); });
    CHECK(!done.take()[0].error);
    f.begin(topic, 2);
    f.write(topic, 0, test::numbered(0, 5));
    CHECK(test::read(f, {topic, 0}, 5, 0, 2) == test::numbered(0, 5));
  }

  TEST_CASE("nothing is polled while the payer has no credit") {
    tail_fixture f;
    const std::string one = f.new_topic();
    const std::string two = f.new_topic();
    f.begin(one, 1);
    f.begin(two, 1);
    auto held = f.stall();
    const std::size_t before = f.payer->held(net::direction::out);
    f.write(one, 0, test::numbered(0, 1000));
    f.write(two, 0, test::numbered(0, 1000));
    // They are fetched, but not polled.
    test::eventually([&] {
      std::int64_t known = 0;
      for (const std::string& topic : {one, two})
        for (const position& end : f.reader->ends(topic))
          known += end.offset;
      return known == 2000;
    });
    f.await_turn();
    CHECK(f.payer->held(net::direction::out) == before);
    CHECK(f.log->all.size() == 0);
    held.clear();
    CHECK(test::read(f, {one, 0}, 1000, 0, 1) == test::numbered(0, 1000));
    CHECK(test::read(f, {two, 0}, 1000, 0, 1) == test::numbered(0, 1000));
  }

  TEST_CASE("no topic waits until another has had all its records") {
    tail_fixture f;
    std::vector<std::string> topics;
    for (int i = 0; i < 4; ++i) {
      topics.push_back(f.new_topic());
      f.begin(topics.back(), 1);
    }
    auto held = f.stall();
    const std::vector<std::string> values(200, std::string(20'000, 'v'));
    for (const std::string& topic : topics)
      f.write(topic, 0, values);
    // Of each topic something is fetched: that tells that it has an end.
    test::eventually([&] {
      return std::all_of(topics.begin(), topics.end(),
                         [&](const std::string& topic) {
                           return f.reader->ends(topic).at(0).offset > 0;
                         });
    });
    f.await_turn();
    held.clear();
    // Each batch is let go when it was counted.
    std::map<std::string, std::size_t> seen;
    // Of one more may only the end have been fetched.
    for (int whole = 0; whole < 2;) {
      const auto batch = f.log->next<tail_records>().what.batch;
      std::size_t& count = seen[batch->topic];
      count += batch->records.size();
      whole += count == values.size() ? 1 : 0;
    }
    CHECK(seen.size() == topics.size());
  }

  TEST_CASE("retention that passes the reader is told, with where it goes on") {
    auto options = test::test_options();
    // What the user says of it does not hold here.
    options.consumer.librdkafka["auto.offset.reset"] = "latest";
    tail_fixture f(options);
    if (f.real())
      return;
    const std::string topic = f.new_topic();
    const topic_partition at{topic, 0};
    f.begin(topic, 1);
    auto held = f.stall();
    // The embedded broker keeps 5 MiB of a partition, and librdkafka fetches
    // one ahead.
    const std::string value(20'000, 'v');
    for (int i = 0; i < 60; ++i)
      f.write(topic, 0, std::vector<std::string>(10, value));
    f.await_turn();
    held.clear();
    std::int64_t next = 0;
    std::size_t gaps = 0;
    while (next < 600) {
      const tail_event event = f.log->all.take();
      if (const auto* gap = std::get_if<tail_gap>(&event)) {
        ++gaps;
        CHECK(gap->at == at);
        CHECK(gap->epoch == 1);
        CHECK(gap->from == next);
        CHECK(gap->to > gap->from);
        CHECK(!gap->truncated);
        next = gap->to;
      } else {
        const auto& got = std::get<tail_records>(event).what.batch;
        for (const protocol::record& r : got->records)
          REQUIRE(r.offset == next++);
      }
    }
    CHECK(gaps == 1);
    f.write(topic, 0, {"x"});
    CHECK(test::read(f, at, 1, 600, 1)[0] == "x");
  }

  TEST_CASE(
      "what has no room in the prefetch budget is refused, until it has") {
    auto options = test::test_options();
    options.consumer.prefetch_budget = 2 * 1024 * 1024;
    tail_fixture f(options);
    const std::string topic = f.new_topic();
    auto member = f.join(test::unique_name("g"));
    f.reader->begin(topic, 1, test::patience);
    const auto failed = f.log->next<tail_failed>();
    CHECK(failed.why.code == "LIMIT_REACHED");
    CHECK(failed.fatal);
    member.consumer->close(clock_type::now() + test::patience);
    member.heard->next<consumer_closed>();
    f.begin(topic, 2);
  }

  TEST_CASE("a close ends all topics, untold, and what follows has no effect") {
    tail_fixture f;
    const std::string topic = f.new_topic();
    f.begin(topic, 1);
    f.begin(f.new_topic(), 1);
    f.reader->begin(test::unique_name("none"), 1, test::patience);
    f.reader->close(clock_type::now() + test::patience);
    CHECK(!f.log->next<tails_closed>().given_up);
    CHECK(f.edge().state().handles == 2);
    while (f.log->all.size() > 0)
      CHECK(std::holds_alternative<tail_failed>(f.log->all.take()));
    f.reader->begin(topic, 2, test::patience);
    f.reader->end(topic);
    f.reader->close(clock_type::now());
    CHECK(f.reader->ends(topic).empty());
    f.write(topic, 0, {"x"});
    CHECK(f.stop(milliseconds(20'000)));
    CHECK(f.log->all.size() == 0);
    // Nobody keeps it.
    const std::weak_ptr<tail_reader> weak = f.reader;
    f.reader.reset();
    CHECK(weak.expired());
  }

  TEST_CASE("the edge's stop closes a reader, also one that never began") {
    tail_fixture f;
    const auto idle = std::make_shared<test::tail_events>();
    REQUIRE(f.edge().tails(idle, f.payer));
    f.begin(f.new_topic(), 1);
    CHECK(f.stop(milliseconds(20'000)));
    CHECK(!f.log->next<tails_closed>().given_up);
    CHECK(!idle->next<tails_closed>().given_up);
    const auto late = f.edge().tails(idle, f.payer);
    REQUIRE(!late);
    CHECK(late.error.code == "SHUTTING_DOWN");
  }
}
