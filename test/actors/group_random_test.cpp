#include "test/actors/gateway_talk.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

using namespace wskafka;
using std::chrono::milliseconds;
using test::json;

namespace {

constexpr int partition_count = 3;
constexpr std::size_t most_clients = 4;

/// Members of one group that come, go, confirm by acks or pongs, late or not at
/// all, while Kafka assigns anew and commits fail. The model is what clients of
/// a group may expect: nothing is skipped, what one is assigned comes in order
/// from where it was told, no more than its window is out, and nothing is
/// committed that nobody has confirmed.
struct random_groups : test::gateway_talk {
  struct client {
    bool ack = false;
    std::size_t window = 0;
    bool ready = false;
    /// Of what it owns: the record that comes next.
    std::map<int, std::int64_t> next;
    /// Acks that it owes; and what it was sent besides since its last pong.
    std::map<int, std::vector<std::int64_t>> owed;
    /// With the subscribe before.
    std::map<int, std::int64_t> next_before;
    std::map<int, std::vector<std::int64_t>> owed_before;
    std::map<int, std::int64_t> unponged;
    std::size_t out = 0;
  };

  std::int64_t up_to(std::int64_t most) {
    return static_cast<std::int64_t>(random() % static_cast<unsigned>(most));
  }
  bool one_in(std::int64_t n) { return up_to(n) == 0; }
  static kafka::topic_partition at(int p) { return {"t", p}; }

  // -- Kafka

  test::fake_group& handle() { return w.kafka.group("g"); }

  /// What the group asks of Kafka happens, all of it or some.
  void play_kafka(bool all) {
    if (w.kafka.joins == 0)
      return;
    if (w.kafka.joins != joins_seen) {
      joins_seen = w.kafka.joins;
      handle().committed = committed;
      subscriptions_seen = 0;
      assigned = revoking = false;
    }
    if (handle().closing) {
      if (!closed_told) {
        closed_told = true;
        handle().answer_commits();
        keep_commits();
        handle().emit_closed();
        w.run();
      }
      closed_told = w.kafka.joins == joins_seen;
      return;
    }
    closed_told = false;
    if (all || one_in(2))
      handle().answer_starts();
    if (!handle().commits.empty() && (all || one_in(2))) {
      if (!all && one_in(5))
        handle().fail_commits({"NOT_COORDINATOR", "Not me.", true});
      else
        handle().answer_commits();
    }
    w.run();
    keep_commits();
    play_rebalance(all);
    for (int p = 0; p < partition_count; ++p)
      if (assigned && held.count(p) > 0 && handle().owner(at(p))) {
        const auto left = ends[p] - handle().position(at(p));
        if (left > 0)
          handle().fetch(at(p), static_cast<unsigned>(1 + up_to(left)));
      }
    w.run();
  }

  void play_rebalance(bool all) {
    if (revoking) {
      if (handle().unassigned == unassigned_seen)
        return;
      revoking = assigned = false;
    }
    const bool anew = handle().subscriptions.size() != subscriptions_seen;
    // In the end everything is to be here.
    const bool lacks = all && held.size() < partition_count;
    if (assigned && (anew || lacks || (!all && one_in(40)))) {
      revoking = true;
      unassigned_seen = handle().unassigned;
      const bool lost = !all && one_in(4);
      handle().emit_revoked(lost);
      w.run();
      return;
    }
    if (assigned || handle().subscriptions.empty())
      return;
    subscriptions_seen = handle().subscriptions.size();
    held.clear();
    std::vector<kafka::topic_partition> given;
    for (int p = 0; p < partition_count; ++p)
      if (all || !one_in(3)) {
        held.insert(p);
        given.push_back(at(p));
        handle().log_ends[at(p)] = ends[p];
      }
    assigned = true;
    handle().emit_assigned(std::move(given));
    w.run();
  }

  void keep_commits() {
    committed = handle().committed;
    for (const auto& [where, offset] : committed) {
      INFO("partition " << where.partition << " is committed at " << offset);
      REQUIRE(offset <= confirmed[where.partition]);
    }
  }

  // -- clients

  void come() {
    open(++last);
    clients[last];
    subscribe_anew(last);
  }

  void subscribe_anew(std::uint64_t ws) {
    client& c = clients.at(ws);
    c.ack = one_in(2);
    c.window = one_in(2) ? 0 : static_cast<std::size_t>(1 + up_to(4));
    c.ready = false;
    std::string mode = R"("meta":true,"events":true)";
    if (c.ack)
      mode += R"(,"commit":"ack")";
    if (c.window > 0)
      mode += R"(,"window":)" + std::to_string(c.window);
    say(ws, R"({"id":1,"t":"topic","a":"subscribe","p":{"t":["t"],)"
            R"("consumer_group":"g",)" +
                mode + "}}");
  }

  void go(std::uint64_t ws) {
    close(ws);
    clients.erase(ws);
  }

  /// What came to each is what the model has next.
  bool look() {
    bool any = false;
    for (auto& [ws, c] : clients)
      for (const json& message : replies(ws)) {
        any = true;
        INFO("to " << ws << ": " << message.dump());
        if (message.is_array())
          for (const json& element : message)
            take_record(c, element.at("meta"));
        else if (message.at("t") == "event")
          take_event(c, message);
        else
          take_reply(c, message);
      }
    return any;
  }

  /// What it has from here on is told behind the reply; pongs confirm what acks
  /// did not, or the other way round.
  void take_reply(client& c, const json& reply) {
    REQUIRE(reply.at("s") == 0);
    c.ready = true;
    c.next_before = std::exchange(c.next, {});
    c.owed_before = std::exchange(c.owed, {});
  }

  /// It goes on where it was: what it owed it still owes.
  void keep(client& c, int p) {
    auto owed = std::exchange(c.owed_before[p], {});
    if (c.ack) {
      c.owed[p] = std::move(owed);
    } else if (!owed.empty()) {
      c.unponged[p] = owed.back() + 1;
      c.out += owed.size();
    }
  }

  void take_event(client& c, const json& event) {
    for (const json& one : event.at("p")) {
      const int p = one.at("partition");
      const std::int64_t offset = one.at("offset");
      if (event.at("a") == "assigned") {
        const auto known = c.next.find(p);
        if (known != c.next.end())
          REQUIRE(known->second == offset);
        REQUIRE(offset <= high[p]);
        c.next[p] = offset;
        if (const auto before = c.next_before.find(p);
            before != c.next_before.end() && before->second == offset)
          keep(c, p);
        c.next_before.erase(p);
      } else {
        REQUIRE(event.at("a") == "revoked");
        c.next.erase(p);
        c.owed.erase(p);
      }
    }
  }

  void take_record(client& c, const json& meta) {
    const int p = meta.at("partition");
    const std::int64_t offset = meta.at("offset");
    REQUIRE(c.ready);
    REQUIRE(c.next.count(p) == 1);
    REQUIRE(c.next[p] == offset);
    ++c.next[p];
    REQUIRE(offset <= high[p]);
    high[p] = std::max(high[p], offset + 1);
    if (c.ack) {
      c.owed[p].push_back(offset);
    } else {
      c.unponged[p] = offset + 1;
      ++c.out;
    }
    std::size_t used = c.out;
    for (const auto& entry : c.owed)
      used += entry.second.size();
    REQUIRE((c.window == 0 || used <= c.window));
  }

  /// Everything that it owes, or some; now and then what is not its own.
  void acknowledge(std::uint64_t ws, bool all) {
    client& c = clients.at(ws);
    for (auto& [p, owed] : c.owed) {
      if (owed.empty() || (!all && one_in(3)))
        continue;
      const auto count = all ? owed.size()
                             : 1 + static_cast<std::size_t>(up_to(
                                       static_cast<std::int64_t>(owed.size())));
      const std::int64_t offset = owed[count - 1];
      confirmed[p] = std::max(confirmed[p], offset + 1);
      owed.erase(owed.begin(),
                 owed.begin() + static_cast<std::ptrdiff_t>(count));
      say_ack(ws, p, offset);
    }
    if (!all && one_in(4))
      if (const int p = static_cast<int>(up_to(partition_count));
          c.next.count(p) == 0)
        say_ack(ws, p, up_to(high[p] + 3));
  }

  void say_ack(std::uint64_t ws, int p, std::int64_t offset) {
    say(ws, R"({"t":"notif","a":"ack","p":[{"topic":"t","partition":)" +
                std::to_string(p) + R"(,"offset":)" + std::to_string(offset) +
                "}]}");
  }

  void pong(std::uint64_t ws) {
    client& c = clients.at(ws);
    for (const auto& [p, end] : c.unponged)
      confirmed[p] = std::max(confirmed[p], end);
    c.unponged.clear();
    c.out = 0;
    if (const auto sequence = w.sockets.confirmable(ws))
      put(ws::confirmed{w.open(ws).ref, sequence});
  }

  bool settled() {
    for (int p = 0; p < partition_count; ++p)
      if (high[p] != ends[p] || committed[at(p)] != ends[p])
        return false;
    return true;
  }

  std::uint64_t any_client() {
    return std::next(clients.begin(),
                     up_to(static_cast<std::int64_t>(clients.size())))
        ->first;
  }

  std::mt19937 random;
  std::map<std::uint64_t, client> clients;
  std::uint64_t last = 0;
  std::map<int, std::int64_t> ends;
  /// All records below were delivered to somebody; the most that a client has
  /// confirmed.
  std::map<int, std::int64_t> high;
  std::map<int, std::int64_t> confirmed;
  std::map<kafka::topic_partition, std::int64_t> committed;
  std::set<int> held;
  unsigned joins_seen = 0;
  std::size_t subscriptions_seen = 0;
  unsigned unassigned_seen = 0;
  bool assigned = false;
  bool revoking = false;
  bool closed_told = false;
};

}  // namespace

TEST_SUITE_BEGIN("actors/consumer_group");

TEST_CASE_FIXTURE(random_groups, "at random: all is delivered and confirmed") {
  const char* const given = std::getenv("WSKAFKA_TEST_SEED");
  const auto seed =
      given ? static_cast<unsigned>(std::stoul(given)) : std::random_device()();
  INFO("WSKAFKA_TEST_SEED=" << seed);
  random.seed(seed);
  w.options.consumer.mq_interval.reset();
  w.kafka.set_topic("t", partition_count);
  for (int p = 0; p < partition_count; ++p)
    committed[at(p)] = 0;
  begin();
  for (int step = 0; step < 3000; ++step) {
    const auto what = up_to(16);
    if (what < 3)
      ends[static_cast<int>(up_to(partition_count))] += 1 + up_to(3);
    else if (what == 3 && clients.size() < most_clients)
      come();
    else if (what == 4 && !clients.empty() && one_in(4))
      go(any_client());
    else if (what == 5 && !clients.empty() && one_in(3)) {
      const auto ws = any_client();
      if (clients.at(ws).ready)
        subscribe_anew(ws);
    } else if (what < 8 && !clients.empty())
      acknowledge(any_client(), false);
    else if (what < 10 && !clients.empty())
      pong(any_client());
    else if (what == 10)
      w.advance(milliseconds(1 + up_to(700)));
    else
      play_kafka(false);
    look();
  }
  if (clients.empty())
    come();
  for (int turn = 0; turn < 1000 && !settled(); ++turn) {
    play_kafka(true);
    look();
    for (const auto& entry : clients) {
      acknowledge(entry.first, true);
      pong(entry.first);
    }
    w.advance(milliseconds(100));
    look();
  }
  for (int p = 0; p < partition_count; ++p) {
    CAPTURE(p);
    CHECK(high[p] == ends[p]);
    CHECK(committed[at(p)] == ends[p]);
  }
}

TEST_SUITE_END();
