#include "tools/wskafka-load/run.hpp"

#include "tools/wskafka-load/client.hpp"
#include "tools/wskafka-load/clock.hpp"
#include "tools/wskafka-load/judge.hpp"
#include "tools/wskafka-load/monitor.hpp"
#include "tools/wskafka-load/payload.hpp"
#include "tools/wskafka-load/publisher.hpp"
#include "tools/wskafka-load/setup.hpp"
#include "tools/wskafka-load/subscriber.hpp"
#include "tools/wskafka-load/waiter.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <utility>

namespace wskafka::load {
namespace {

constexpr std::int64_t look_gap = 20'000'000;
/// From the word to the loops until the first message is due.
constexpr std::int64_t lead_time = 100'000'000;
/// How long the server may take to say goodbye.
constexpr double goodbye_s = 5;

ledger::shape shape_of(const options& asked, const setup& made,
                       const result& into) {
  ledger::shape shape;
  shape.run = made.run;
  shape.publishers = asked.publishes() ? asked.connections : 0;
  shape.topics = made.topics.size();
  shape.groups = into.groups;
  shape.observe = asked.what == command::subscribe;
  return shape;
}

/// One run, phase after phase.
class runner {
 public:
  runner(const options& asked, progress& display, result& into, setup made)
      : asked_(asked),
        display_(display),
        into_(into),
        pids_(made.server_pids),
        book_(shape_of(asked, made, into)),
        shared_{asked,         made.to,
                made.run,      made.topics,
                into.groups,   padding(asked.payload - mark_size, asked.seed),
                book_,         {},
                waiter_.main()},
        monitor_(into, loops_, book_, display, made.server_pids) {
    make_clients();
  }

  std::string run() {
    for (const auto& one : loops_)
      one->start();
    if (!pids_.empty())
      into_.server.emplace().pids = pids_;
    std::string error =
        asked_.what == command::connect ? connect() : exchange();
    finish();
    return error;
  }

 private:
  using sample = monitor::sample;

  void make_clients() {
    for (std::size_t i = 0; i < asked_.threads; ++i)
      loops_.push_back(std::make_unique<loop>(shared_, i));
    std::size_t next = 0;
    const auto turn = [&]() -> loop& {
      return *loops_[next++ % loops_.size()];
    };
    if (asked_.what == command::connect)
      for (std::size_t i = 0; i < asked_.connections; ++i) {
        loop& owner = turn();
        owner.add(std::make_unique<client>(owner));
      }
    if (asked_.publishes())
      for (std::uint32_t id = 0; id < asked_.connections; ++id) {
        loop& owner = turn();
        shared_.owner.push_back(&owner);
        owner.add_publisher(std::make_unique<publisher>(owner, id));
      }
    if (asked_.subscribes())
      for (std::size_t group = 0; group < into_.groups.size(); ++group)
        for (std::size_t i = 0; i < asked_.subscribers; ++i) {
          loop& owner = turn();
          owner.add(std::make_unique<subscriber>(owner, group));
        }
  }

  /// Looks at the loops until `done`, a signal, or `patience` seconds in which
  /// `moved` stays the same. Whether it is done.
  bool wait_until(
      const std::function<bool()>& done,
      const std::function<std::uint64_t()>& moved, double patience,
      const std::function<void()>& on_move = [] {}) {
    std::uint64_t last = moved();
    std::int64_t since = now_ns();
    while (!done()) {
      if (waiter_.interrupted() && !into_.interrupted) {
        into_.interrupted = true;
        return false;
      }
      const std::int64_t now = now_ns();
      if (const std::uint64_t at = moved(); at != last) {
        last = at;
        since = now;
        on_move();
      }
      if (now - since > from_seconds(patience))
        return false;
      waiter_.wait(std::min(monitor_.tick(), now + look_gap));
    }
    on_move();
    return true;
  }

  void wait_for_time(std::int64_t until, const std::string& what,
                     const std::function<bool()>& over) {
    const std::int64_t start = now_ns();
    while (now_ns() < until && !over()) {
      if (waiter_.interrupted()) {
        into_.interrupted = true;
        return;
      }
      display_.bar(what, to_seconds(now_ns() - start) /
                             std::max(to_seconds(until - start), 1e-3));
      waiter_.wait(std::min({monitor_.tick(), until, now_ns() + 5 * look_gap}));
    }
  }

  std::string first_problem() const {
    for (const auto& one : loops_)
      for (const auto& [what, times] : one->problems())
        return what;
    return "unknown";
  }

  // connect

  std::string connect() {
    connect_result& found = into_.connect.emplace();
    const std::size_t all = asked_.connections;
    const sample before = monitor_.take_sample();
    window when;
    when.start = when.from = before.at;
    monitor_.start(when);
    monitor_.begin_busy();
    for (const auto& one : loops_)
      one->open_all();
    const auto tried = [&] {
      const totals now = sum(loops_);
      return now.opened + now.open_failed;
    };
    const bool done = wait_until(
        [&] {
          display_.bar("connecting",
                       static_cast<double>(tried()) / static_cast<double>(all));
          return tried() == all;
        },
        tried, asked_.timeout);
    if (!done) {
      for (const auto& one : loops_)
        one->give_up_opening();
      wait_until([&] { return sum(loops_).started == tried(); }, tried,
                 goodbye_s);
    }
    const totals opened = sum(loops_);
    const sample ramped = monitor_.take_sample();
    monitor_.end_busy();
    found.ramp_s = to_seconds(ramped.at - before.at);
    if (opened.opened == 0)
      return first_problem();
    display_.say(fmt::format("{} connections after {:.2f} s; holding for {} s",
                             opened.opened, found.ramp_s, asked_.duration));
    if (!into_.interrupted)
      wait_for_time(ramped.at + from_seconds(asked_.duration), "holding",
                    [&] { return sum(loops_).ended == opened.started; });
    const sample held = monitor_.take_sample();
    found.hold_s = to_seconds(held.at - ramped.at);
    into_.connections_lost = sum(loops_).lost;
    close_all(asked_.drop);
    const sample closed = calm_sample(held);
    into_.measured_s = to_seconds(held.at - before.at);
    if (before.server && ramped.server && held.server && closed.server) {
      found.ramp_cpu_s = ramped.server->cpu_s - before.server->cpu_s;
      found.hold_cpu_s = held.server->cpu_s - ramped.server->cpu_s;
      found.close_cpu_s = closed.server->cpu_s - held.server->cpu_s;
      found.rss_kib_each = (static_cast<double>(held.server->rss_kib) -
                            static_cast<double>(before.server->rss_kib)) /
                           static_cast<double>(opened.opened);
    }
    set_usage(before, closed);
    into_.cpu_messages = opened.opened;
    into_.cpu_per = "connection, opened and closed";
    return {};
  }

  /// The server's use once it has stopped working on what we did.
  sample calm_sample(const sample& from) {
    constexpr std::int64_t gap = 200'000'000;
    constexpr double calm = 0.1;  // of a core
    sample last = from;
    const std::int64_t deadline = now_ns() + from_seconds(goodbye_s);
    while (now_ns() < deadline) {
      const std::int64_t until = now_ns() + gap;
      while (now_ns() < until)
        waiter_.wait(until);
      const sample now = monitor_.take_sample();
      const bool known = now.server && last.server;
      const double used = known ? now.server->cpu_s - last.server->cpu_s : 0;
      const double wall = to_seconds(now.at - last.at);
      last = now;
      if (!known || used < calm * wall)
        break;
    }
    return last;
  }

  // all others

  std::string exchange() {
    window when;
    sample before;
    const bool counts = asked_.count > 0;
    if (counts) {
      // Everything counts, from the first record on.
      when.start = when.from = now_ns();
      before = start_measuring(when);
    }
    if (std::string error = open(); !error.empty() || into_.interrupted)
      return error;
    if (!counts) {
      when.start = now_ns() + lead_time;
      when.from = when.start + from_seconds(asked_.warmup);
      when.to = when.from + from_seconds(asked_.duration);
      for (const auto& one : loops_)
        one->begin(when);
      monitor_.start(when);
      wait_for_time(when.from, "warming up", [] { return false; });
      before = monitor_.take_sample();
      monitor_.begin_busy();
    } else {
      when.to = now_ns() + from_seconds(asked_.duration);
    }
    const std::size_t all = connection_count(asked_);
    if (!into_.interrupted)
      wait_for_time(when.to, "running", [&] {
        return sum(loops_).ended == all ||
               (counts && monitor_.delivered() >= asked_.count) ||
               (counts && book_.delivered() >= asked_.count);
      });
    monitor_.end_busy();
    const std::int64_t ended = std::min(now_ns(), when.to);
    into_.measured_s = std::max(to_seconds(ended - when.from), 0.0);
    if (into_.interrupted)
      for (const auto& one : loops_)
        one->stop_sending();
    wait_until([&] { return !sum(loops_).generating; }, [] { return 0; },
               goodbye_s);
    const sample done = drain();
    into_.drain_s = std::max(0.0, to_seconds(done.at - ended));
    set_usage(before, done);
    close_all(false);
    return {};
  }

  sample start_measuring(const window& when) {
    for (const auto& one : loops_)
      one->begin(when);
    monitor_.start(when);
    monitor_.begin_busy();
    return monitor_.take_sample();
  }

  /// Opens all connections and waits for the subscribers' replies.
  std::string open() {
    const std::size_t all = connection_count(asked_);
    for (const auto& one : loops_)
      one->open_all();
    const auto moved = [&] {
      const totals now = sum(loops_);
      return now.opened + now.ready + now.ended;
    };
    const char* const what =
        asked_.subscribes() ? "connecting, joining the groups" : "connecting";
    const bool done = wait_until(
        [&] {
          const totals now = sum(loops_);
          display_.bar(
              what, static_cast<double>(now.ready) / static_cast<double>(all));
          return now.ready == all || now.ended > 0;
        },
        moved, asked_.timeout);
    const totals now = sum(loops_);
    if (now.ended > 0)
      return first_problem();
    if (!done && !into_.interrupted)
      return fmt::format(
          "{} of {} connections are open and {} ready, and nothing happened "
          "for "
          "{} s (--timeout)",
          now.opened, all, now.ready, asked_.timeout);
    return {};
  }

  /// Waits for what is under way; the server's use when the last of it came.
  sample drain() {
    sample last = monitor_.take_sample();
    const auto sample_now = [&] { last = monitor_.take_sample(); };
    if (asked_.what == command::publish) {
      for (const auto& one : loops_)
        one->fence();
      const auto answered = [&] {
        const totals now = sum(loops_);
        return now.fenced + now.ended;
      };
      display_.bar("waiting until the gateway has read everything", 1);
      const bool read =
          wait_until([&] { return answered() >= asked_.connections; },
                     [&] { return answered() + book_.failed(); }, asked_.drain,
                     sample_now);
      if (!read && !into_.interrupted)
        into_.warnings.push_back(fmt::format(
            "the gateway had not read everything {} s (--drain) after it "
            "answered last: what it did not read may be lost without a word",
            asked_.drain));
      // Silence means success: refusals come until there is none for a while.
      display_.bar("waiting for refusals", 1);
      wait_until([] { return false; }, [&] { return book_.failed(); },
                 asked_.settle);
    } else if (asked_.publishes()) {
      display_.bar("waiting for what is under way", 1);
      const std::uint64_t groups = into_.groups.size();
      wait_until(
          [&] {
            return book_.delivered() + book_.failed() * groups >=
                       book_.sent() * groups &&
                   book_.balance().sum(&group_account::lost) == 0;
          },
          [&] { return book_.delivered() + book_.failed(); }, asked_.drain,
          sample_now);
    }
    return last;
  }

  // the end of both

  void close_all(bool drop) {
    into_.connections_lost = sum(loops_).lost;
    for (const auto& one : loops_)
      one->close_all(drop);
    const auto ended = [&] { return sum(loops_).ended; };
    const bool done = wait_until([&] { return ended() == sum(loops_).started; },
                                 ended, goodbye_s);
    if (done)
      return;
    into_.warnings.push_back(
        fmt::format("{} connections got no answer to their close within {} s",
                    sum(loops_).started - ended(), goodbye_s));
    for (const auto& one : loops_)
      one->close_all(true);
  }

  void set_usage(const sample& before, const sample& after) {
    const double wall = to_seconds(after.at - before.at);
    into_.own.cpu_s = after.own.cpu_s - before.own.cpu_s;
    into_.own.wall_s = wall;
    into_.own.rss_kib = after.own.rss_kib;
    into_.own.rss_peak_kib = after.own.peak_kib;
    if (!into_.server || !before.server || !after.server) {
      if (into_.server) {
        into_.server.reset();
        into_.server_unknown = "its process ended during the run";
      }
      return;
    }
    server_usage& server = *into_.server;
    server.cpu_s = after.server->cpu_s - before.server->cpu_s;
    server.wall_s = wall;
    server.rss_start_kib = before.server->rss_kib;
    server.rss_end_kib = after.server->rss_kib;
    server.rss_most_kib = std::max(
        {server.rss_most_kib, server.rss_start_kib, server.rss_end_kib});
    server.threads = after.server->threads;
  }

  void finish() {
    for (const auto& one : loops_)
      one->stop();
    monitor_.finish();
    const totals last = sum(loops_);
    into_.connections_opened = last.opened;
    into_.connections_failed = last.open_failed;
    into_.unsent = last.unsent;
    for (const auto& one : loops_)
      for (const auto& [what, times] : one->problems())
        into_.problems[what] += times;
    into_.book = book_.balance();
    judge(into_);
  }

  const options& asked_;
  progress& display_;
  result& into_;
  const std::vector<int> pids_;
  waiter waiter_;
  ledger book_;
  context shared_;
  loops loops_;
  monitor monitor_;
};

}  // namespace

std::string run(const options& asked, progress& display, result& into) {
  setup made;
  if (std::string error = prepare(asked, display, into, made); !error.empty())
    return error;
  return runner(asked, display, into, std::move(made)).run();
}

}  // namespace wskafka::load
