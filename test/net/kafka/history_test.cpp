#include "test/net/kafka/tail_fixture.hpp"

#include <doctest/doctest.h>

#include <map>
#include <optional>

using namespace wskafka;
using namespace wskafka::kafka;
using std::chrono::milliseconds;
using clock_type = std::chrono::steady_clock;
using test::arrivals;
using test::eventually;
using test::numbered;

namespace {

class history_events final : public history_listener {
 public:
  void on_event(history_event event) override { all.add(std::move(event)); }

  template <class T>
  T next() {
    return std::get<T>(all.take_if(
        [](const history_event& e) { return std::holds_alternative<T>(e); }));
  }

  arrivals<history_event> all;
};

/// A read, its listener, and the account that pays.
struct reader {
  reader(test::fixture& f, std::shared_ptr<history_reader> by,
         const std::vector<position>& from)
      : payer(f.book.open()) {
    auto begun = by->begin(from, heard, payer);
    REQUIRE(begun);
    read = *begun.value;
  }
  ~reader() { read->end(); }

  /// The next records of each partition, which must carry on where it is.
  std::map<std::int32_t, std::vector<std::string>> take(std::size_t count) {
    std::map<std::int32_t, std::vector<std::string>> values;
    for (std::size_t got = 0; got < count;) {
      const auto records = heard->next<history_records>();
      const protocol::record_batch& batch = *records.what.batch;
      for (const protocol::record& r : batch.records) {
        const auto expected = next.emplace(batch.partition, r.offset).first;
        REQUIRE(r.offset == expected->second);
        ++expected->second;
        values[batch.partition].emplace_back(batch.value(r));
        ++got;
      }
    }
    return values;
  }

  std::shared_ptr<history_events> heard = std::make_shared<history_events>();
  std::shared_ptr<net::account> payer;
  std::shared_ptr<history_read> read;
  std::map<std::int32_t, std::int64_t> next;
};

config::options with(std::size_t handles, std::size_t reads) {
  config::options options = test::test_options();
  options.consumer.history_readers = handles;
  options.consumer.history_queue = reads;
  return options;
}

/// Takes all credit of the payer.
std::vector<net::charge> stall(const std::shared_ptr<net::account>& payer) {
  std::vector<net::charge> taken;
  while (const std::size_t credit = payer->delivery_credit())
    taken.emplace_back(payer, net::direction::out, credit);
  return taken;
}

}  // namespace

TEST_SUITE("net/kafka/history") {
  TEST_CASE("a read gives everything from its positions on, to the end") {
    test::fixture f;
    const std::string topic = f.new_topic();
    for (int p = 0; p < 3; ++p)
      f.write(topic, p, numbered(p * 1000, p * 1000 + 500));
    const auto history = f.edge().history();
    reader r(f, history,
             {{{topic, 0}, 0}, {{topic, 1}, 100}, {{topic, 2}, 500}});
    r.heard->next<history_begun>();
    auto values = r.take(900);
    CHECK(values[0] == numbered(0, 500));
    CHECK(values[1] == numbered(1100, 1500));
    std::map<std::int32_t, int> ends;
    for (int p = 0; p < 3; ++p)
      ++ends[r.heard->next<history_end>().partition];
    CHECK(ends == std::map<std::int32_t, int>{{0, 1}, {1, 1}, {2, 1}});
    // What comes then comes too.
    f.write(topic, 2, numbered(5, 10));
    CHECK(r.take(5)[2] == numbered(5, 10));
    CHECK(r.payer->held(net::direction::out) == 0);
  }

  TEST_CASE("few handles serve many, and are made when they are needed") {
    test::fixture f(with(2, 1000));
    const std::string topic = f.new_topic();
    f.write(topic, 0, numbered(0, 3000));
    const auto history = f.edge().history();
    const auto before = f.edge().state().handles;
    std::vector<std::unique_ptr<reader>> all;
    for (int i = 0; i < 20; ++i)
      all.push_back(std::make_unique<reader>(
          f, history, std::vector<position>{{{topic, 0}, i}}));
    for (int i = 0; i < 20; ++i)
      CHECK(all[i]->take(3000 - i)[0] == numbered(i, 3000));
    CHECK(f.edge().state().handles == before + 2);
  }

  TEST_CASE("who does not take its records leaves the handle to others") {
    test::fixture f(with(1, 1000));
    const std::string topic = f.new_topic();
    f.write(topic, 0, numbered(0, 2000));
    const auto history = f.edge().history();
    reader slow(f, history, {{{topic, 0}, 0}});
    auto held = stall(slow.payer);
    slow.heard->next<history_begun>();
    for (int i = 0; i < 3; ++i) {
      reader quick(f, history, {{{topic, 0}, 1000}});
      CHECK(quick.take(1000)[0] == numbered(1000, 2000));
    }
    held.clear();
    CHECK(slow.take(2000)[0] == numbered(0, 2000));
  }

  TEST_CASE("a read that goes on and on does not keep the handle") {
    test::fixture f(with(1, 1000));
    const std::string topic = f.new_topic();
    f.write(topic, 0, numbered(0, 100));
    const auto history = f.edge().history();
    reader forever(f, history, {{{topic, 0}, 0}});
    CHECK(forever.take(100)[0] == numbered(0, 100));
    reader other(f, history, {{{topic, 0}, 50}});
    CHECK(other.take(50)[0] == numbered(50, 100));
    f.write(topic, 0, numbered(100, 200));
    CHECK(forever.take(100)[0] == numbered(100, 200));
    CHECK(other.take(100)[0] == numbered(100, 200));
  }

  TEST_CASE("too many reads are refused until others end") {
    test::fixture f(with(1, 2));
    const std::string topic = f.new_topic();
    const auto history = f.edge().history();
    reader one(f, history, {{{topic, 0}, 0}});
    {
      reader two(f, history, {{{topic, 0}, 0}});
      const auto refused =
          history->begin({{{topic, 0}, 0}}, two.heard, f.book.open());
      CHECK_FALSE(refused);
      CHECK(refused.error.code == "LIMIT_REACHED");
      two.read->end();
      two.read->end();
    }
    reader three(f, history, {{{topic, 0}, 0}});
    three.heard->next<history_begun>();
  }

  TEST_CASE("a position beyond the log is told, and the others are read") {
    test::fixture f;
    const std::string topic = f.new_topic();
    f.write(topic, 1, numbered(0, 10));
    const auto history = f.edge().history();
    reader r(f, history, {{{topic, 0}, 77}, {{topic, 1}, 0}});
    const auto told = r.heard->next<history_failed>();
    CHECK(told.partition == 0);
    CHECK(told.out_of_range);
    CHECK_FALSE(told.fatal);
    CHECK(r.take(10)[1] == numbered(0, 10));
  }

  TEST_CASE("nothing is told of a read that was ended") {
    test::fixture f(with(1, 1000));
    const std::string topic = f.new_topic();
    const auto history = f.edge().history();
    reader gone(f, history, {{{topic, 0}, 0}});
    gone.heard->next<history_begun>();
    gone.heard->next<history_end>();
    gone.read->end();
    reader here(f, history, {{{topic, 0}, 0}});
    f.write(topic, 0, numbered(0, 10));
    CHECK(here.take(10)[0] == numbered(0, 10));
    CHECK(gone.heard->all.size() == 0);
  }

  TEST_CASE("the edge stops while reads are open") {
    test::fixture f;
    const std::string topic = f.new_topic();
    f.write(topic, 0, numbered(0, 100));
    const auto history = f.edge().history();
    reader r(f, history, {{{topic, 0}, 0}});
    r.take(100);
    reader waits(f, history, {{{topic, 1}, 0}});
    CHECK(f.stop(milliseconds(10'000)));
    CHECK((f.edge().history() == nullptr));
  }
}

TEST_SUITE("net/kafka/tails") {
  TEST_CASE("where the partitions of a topic begin and end is found") {
    test::tail_fixture f;
    const std::string topic = f.new_topic();
    f.write(topic, 2, numbered(0, 10));
    f.begin(topic, 1);
    f.reader->locate(topic, 5, {0, 2, 99}, std::nullopt, test::patience);
    const auto found = f.log->next<tail_located>();
    CHECK(found.topic == topic);
    CHECK(found.question == 5);
    REQUIRE(found.ranges.size() == 3);
    CHECK(found.ranges[0].end == 0);
    CHECK(found.ranges[1].at == topic_partition{topic, 2});
    CHECK(found.ranges[1].first == 0);
    CHECK(found.ranges[1].end == 10);
    CHECK(found.ranges[1].at_time == 0);
    REQUIRE(found.ranges[2].error);
    CHECK(found.ranges[2].error->code == "UNKNOWN_TOPIC_OR_PARTITION");
  }

  TEST_CASE("where the records of a time begin is found") {
    test::tail_fixture f;
    if (!f.real())
      return;
    const std::string topic = f.new_topic();
    f.write(topic, 0, numbered(0, 10));
    const auto time_now = [] {
      return std::chrono::duration_cast<milliseconds>(
                 std::chrono::system_clock::now().time_since_epoch())
          .count();
    };
    std::int64_t between = time_now() + 1;
    eventually([&] { return time_now() > between; });
    f.write(topic, 0, numbered(10, 20));
    f.begin(topic, 1);
    f.reader->locate(topic, 1, {0, 1}, between, test::patience);
    const auto found = f.log->next<tail_located>();
    CHECK(found.ranges.at(0).at_time == 10);
    CHECK(found.ranges.at(1).at_time == 0);
    f.reader->locate(topic, 2, {0}, time_now() + 1'000'000, test::patience);
    CHECK(f.log->next<tail_located>().ranges.at(0).at_time == 20);
  }
}
