#include "test/actors/feed_talk.hpp"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <random>

using namespace wskafka;
using test::json;
using test::strings;

namespace {

/// Members that come at any position and go at any time, a memory that holds
/// little, and a log that is read in pieces. The model is what a client may
/// expect: the records from its position on, each once, in order.
struct random_feeds : test::feed_talk {
  struct client {
    std::int64_t next = 0;
    bool answered = false;
  };

  random_feeds() { w.options.consumer.broadcast_history = 4000; }

  std::int64_t up_to(std::int64_t most) {
    return static_cast<std::int64_t>(random() % static_cast<unsigned>(most));
  }
  std::int64_t& log_end() { return tails().log_ends[{"a", 0}]; }

  void produce_some() {
    // Now and then the log is ahead of what we have.
    if (up_to(3) == 0)
      log_end() += 3;
    produce(static_cast<unsigned>(1 + up_to(4)));
  }

  void come() {
    open(++last);
    if (up_to(2) == 0)
      leave_credit(last, 300);
    const std::int64_t back = up_to(2) * up_to(log_end() + 1) + up_to(10);
    clients[last].next = std::max<std::int64_t>(0, log_end() - back);
    resume(last, at(clients[last].next));
  }

  void go() {
    const auto who = std::next(
        clients.begin(), up_to(static_cast<std::int64_t>(clients.size())));
    close(who->first);
    clients.erase(who);
  }

  /// Every read goes on by so many records at most. False: there is none.
  bool play_reads(std::int64_t most, std::int64_t end) {
    bool open = false;
    auto& reads = w.kafka.past->reads;
    for (std::size_t i = 0; i < reads.size(); ++i) {
      if (reads[i]->ended)
        continue;
      open = true;
      const auto place = told.emplace(i, reads[i]->from[0].offset);
      if (place.second)
        reads[i]->tell(kafka::history_begun{});
      std::int64_t& next = place.first->second;
      const std::int64_t to = std::min(end, next + most);
      if (next < to)
        reads[i]->tell_records(0, next, to);
      next = std::max(next, to);
      if (next == end)
        reads[i]->tell(kafka::history_end{0});
    }
    w.run();
    return open;
  }

  /// What came to each is what it lacks. False: nothing came.
  bool look() {
    bool any = false;
    for (auto& [ws, c] : clients) {
      strings all;
      for (const json& frame : w.sockets.take(ws)) {
        if (!c.answered)
          REQUIRE(frame.at("recovered") == true);
        else
          add(all, frame);
        c.answered = true;
      }
      const auto to = c.next + static_cast<std::int64_t>(all.size());
      INFO(ws << " at " << c.next << " got " << json(all).dump());
      REQUIRE(all == offsets(c.next, to));
      any = any || to > c.next;
      c.next = to;
    }
    return any;
  }

  void write(std::uint64_t ws) {
    if (w.sockets.write(ws))
      put(ws::written{w.open(ws).ref});
  }

  std::mt19937 random;
  std::map<std::uint64_t, client> clients;
  std::uint64_t last = 0;
  /// How far each read is, by its place.
  std::map<std::size_t, std::int64_t> told;
};

}  // namespace

TEST_SUITE_BEGIN("actors/broadcast_feed");

TEST_CASE_FIXTURE(random_feeds, "at random: each gets exactly what it lacks") {
  const char* const given = std::getenv("WSKAFKA_TEST_SEED");
  const auto seed =
      given ? static_cast<unsigned>(std::stoul(given)) : std::random_device()();
  INFO("WSKAFKA_TEST_SEED=" << seed);
  random.seed(seed);
  begin();
  tails_begin_at(20);
  join(9998);
  for (int step = 0; step < 4000; ++step) {
    const auto what = up_to(8);
    if (what < 2) {
      produce_some();
    } else if (what == 2 && clients.size() < 10) {
      come();
    } else if (what == 3) {
      tell_ranges();
    } else if (what == 4 && !clients.empty() && up_to(4) == 0) {
      go();
    } else if (what == 5) {
      play_reads(up_to(8), tails().position({"a", 0}));
    } else {
      look();
      for (const auto& entry : clients)
        if (up_to(2) == 0)
          write(entry.first);
      replies(9998);
    }
  }
  while (tails().position({"a", 0}) < log_end())
    produce(1);
  for (bool busy = true; busy;) {
    tell_ranges();
    busy = play_reads(log_end(), log_end());
    busy = look() || busy;
    for (const auto& entry : clients)
      write(entry.first);
  }
  for (const auto& entry : clients)
    CHECK(entry.second.next == log_end());
  CHECK(w.kafka.past->reads.size() > 20);
  for (const auto& each : w.kafka.past->reads)
    CHECK(each->payer->held(net::direction::out) == 0);
}

TEST_SUITE_END();
