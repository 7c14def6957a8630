#include "tools/wskafka-load/stage.hpp"

#include "tools/wskafka-load/client.hpp"
#include "tools/wskafka-load/clock.hpp"
#include "tools/wskafka-load/judge.hpp"
#include "tools/wskafka-load/payload.hpp"
#include "tools/wskafka-load/publisher.hpp"
#include "tools/wskafka-load/staller.hpp"
#include "tools/wskafka-load/subscriber.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>

namespace wskafka::load {
namespace {

constexpr std::int64_t look_gap = 20'000'000;
constexpr std::int64_t bar_gap = 100'000'000;
/// How long the server may take to say goodbye.
constexpr double goodbye_s = 5;

std::uint64_t wanted(const options& asked, std::size_t groups) {
  return asked.count * (asked.broadcast ? groups : 1);
}

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

}  // namespace

stage::stage(const options& asked_for, progress& shown, result& found,
             const setup& made)
    : asked(asked_for),
      display(shown),
      into(found),
      book(shape_of(asked, made, into)),
      shared{asked,       made.to,
             made.run,    made.topics,
             into.groups, padding(asked.payload - mark_size, asked.seed),
             book,        wanted(asked, into.groups.size()),
             {},          waiter_.main()},
      watch(into, crew, book, display, made.server_pids) {
  make_clients();
  if (!made.server_pids.empty())
    into.server.emplace().pids = made.server_pids;
  for (const auto& one : crew)
    one->start();
}

void stage::make_clients() {
  for (std::size_t i = 0; i < asked.threads; ++i)
    crew.push_back(std::make_unique<loop>(shared, i));
  std::size_t next = 0;
  const auto turn = [&]() -> loop& { return *crew[next++ % crew.size()]; };
  if (asked.what == command::connect)
    for (std::size_t i = 0; i < asked.connections; ++i) {
      loop& owner = turn();
      owner.add(std::make_unique<client>(owner));
    }
  if (asked.publishes())
    for (std::uint32_t id = 0; id < asked.connections; ++id) {
      loop& owner = turn();
      shared.owner.push_back(&owner);
      owner.add_publisher(std::make_unique<publisher>(owner, id));
    }
  if (asked.subscribes())
    for (std::size_t group = 0; group < into.groups.size(); ++group)
      for (std::size_t i = 0; i < asked.subscribers; ++i) {
        loop& owner = turn();
        owner.add(std::make_unique<subscriber>(owner, group));
      }
  for (std::size_t i = 0; i < asked.stalled; ++i) {
    loop& owner = turn();
    owner.add(std::make_unique<staller>(owner));
  }
}

bool stage::wait_until(const std::function<bool()>& done,
                       const std::function<std::uint64_t()>& moved,
                       double patience, const std::function<void()>& on_move) {
  std::uint64_t last = moved();
  std::int64_t since = now_ns();
  while (!done()) {
    if (waiter_.interrupted() && !into.interrupted) {
      into.interrupted = true;
      return false;
    }
    const std::int64_t at = now_ns();
    if (const std::uint64_t place = moved(); place != last) {
      last = place;
      since = at;
      on_move();
    }
    if (at - since > from_seconds(patience))
      return false;
    waiter_.wait(std::min(watch.tick(), at + look_gap));
  }
  on_move();
  return true;
}

void stage::wait_for_time(std::int64_t until, const std::string& what,
                          const std::function<bool()>& over) {
  const std::int64_t start = now_ns();
  while (now_ns() < until && !over()) {
    if (waiter_.interrupted()) {
      into.interrupted = true;
      return;
    }
    display.bar(what, to_seconds(now_ns() - start) /
                          std::max(to_seconds(until - start), 1e-3));
    waiter_.wait(std::min({watch.tick(), until, now_ns() + bar_gap}));
  }
}

double stage::opening_patience() const {
  return asked.timeout + (asked.connect_rate > 0 ? 1 / asked.connect_rate : 0);
}

std::string stage::first_problem() const {
  for (const auto& one : crew)
    for (const auto& [what, times] : one->problems())
      return what;
  return "it failed, and nothing told why";
}

stage::sample stage::calm_sample(const sample& from, double patience) {
  constexpr std::int64_t gap = 200'000'000;
  constexpr double calm = 0.1;  // of a core
  const std::int64_t deadline = now_ns() + from_seconds(patience);
  sample last = from;
  while (from.server && !into.interrupted) {
    wait_for_time(now_ns() + gap, "waiting until the server is at rest",
                  [] { return false; });
    const sample next = watch.take_sample();
    if (!next.server)
      break;
    const double used = next.server->cpu_s - last.server->cpu_s;
    const double wall = to_seconds(next.at - last.at);
    last = next;
    if (used < calm * wall)
      break;
    if (now_ns() >= deadline) {
      into.warnings.push_back(fmt::format(
          "the server was still busy {} s after the end: what it did then is "
          "in no figure",
          patience));
      break;
    }
  }
  return last;
}

void stage::close_all(bool drop) {
  into.connections_lost = now().lost;
  for (const auto& one : crew)
    one->close_all(drop);
  const auto ended = [&] { return now().ended; };
  if (wait_until([&] { return ended() == now().started; }, ended, goodbye_s))
    return;
  into.warnings.push_back(
      fmt::format("{} connections got no answer to their close within {} s",
                  now().started - ended(), goodbye_s));
  for (const auto& one : crew)
    one->close_all(true);
}

void stage::set_usage(const sample& before, const sample& after) {
  const double wall = to_seconds(after.at - before.at);
  into.own.cpu_s = after.own.cpu_s - before.own.cpu_s;
  into.own.wall_s = wall;
  into.own.rss_kib = after.own.rss_kib;
  into.own.rss_peak_kib = after.own.peak_kib;
  if (!into.server)
    return;
  if (!before.server || !after.server) {
    into.server.reset();
    into.server_unknown = "its process ended during the run";
    return;
  }
  server_usage& server = *into.server;
  server.cpu_s = after.server->cpu_s - before.server->cpu_s;
  server.wall_s = wall;
  server.rss_start_kib = before.server->rss_kib;
  server.rss_end_kib = after.server->rss_kib;
  server.rss_most_kib =
      std::max({server.rss_most_kib, server.rss_start_kib, server.rss_end_kib});
  server.threads = after.server->threads;
}

void stage::count_untried(const totals& last) {
  if (asked.what != command::connect || into.interrupted)
    return;
  const std::uint64_t untried = asked.connections - last.started;
  if (untried == 0)
    return;
  into.connections_failed += untried;
  into.problems["never tried: the server did not answer those before"] +=
      untried;
}

void stage::finish() {
  // After an error some are still open.
  if (now().ended < now().started)
    close_all(false);
  for (const auto& one : crew)
    one->stop();
  watch.finish();
  const totals last = now();
  into.connections_opened = last.opened;
  into.connections_failed = last.open_failed;
  into.stalled_closed = last.stalled_closed;
  into.unsent = last.unsent;
  for (const auto& one : crew)
    for (const auto& [what, times] : one->problems())
      into.problems[what] += times;
  count_untried(last);
  into.book = book.balance();
  judge(into);
}

}  // namespace wskafka::load
