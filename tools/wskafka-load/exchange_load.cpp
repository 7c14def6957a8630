#include "tools/wskafka-load/clock.hpp"
#include "tools/wskafka-load/stage.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

namespace wskafka::load {
namespace {

using sample = stage::sample;

/// From the word to the loops until the first message is due.
constexpr std::int64_t lead_time = 100'000'000;
/// Beyond its own grace, until a loop has told that it sends no more.
constexpr double stop_patience_s = 5;

void begin(stage& on, const window& when) {
  for (const auto& one : on.crew)
    one->begin(when);
  on.watch.start(when);
}

/// Opens all connections and waits for the subscribers' replies; `look` is
/// called now and then.
std::string open(
    stage& on, const std::function<void()>& look = [] {}) {
  const std::size_t all = connection_count(on.asked);
  for (const auto& one : on.crew)
    one->open_all();
  const char* const what =
      on.asked.subscribes() ? "connecting, joining the groups" : "connecting";
  const auto done = [&] {
    look();
    const totals now = on.now();
    on.display.bar(what,
                   static_cast<double>(now.ready) / static_cast<double>(all));
    return now.ready == all || now.ended > 0;
  };
  const auto moved = [&] {
    const totals now = on.now();
    return now.opened + now.ready + now.ended;
  };
  const bool in_time = on.wait_until(done, moved, on.opening_patience());
  const totals now = on.now();
  if (now.ended > 0)
    return on.first_problem();
  if (!in_time && !on.into.interrupted)
    return fmt::format(
        "{} of {} connections are open and {} ready, and nothing happened for "
        "{} s (--timeout, behind the next one's turn)",
        now.opened, all, now.ready, on.opening_patience());
  if (!on.into.interrupted)
    on.display.say(fmt::format("{} connections are ready", now.ready));
  return {};
}

/// Until each message has its receipt or its refusal.
sample drain_receipts(stage& on, std::int64_t ended) {
  sample last = on.watch.take_sample();
  const auto answered = [&] { return on.book.receipted() + on.book.failed(); };
  on.display.bar("waiting for receipts", 1);
  on.wait_until(
      [&] {
        return answered() >= on.book.sent() ||
               on.now().ended == on.now().started;
      },
      answered, on.asked.drain, [&] { last = on.watch.take_sample(); });
  on.into.drain_s = std::max(0.0, to_seconds(last.at - ended));
  return on.calm_sample(last, on.asked.drain);
}

/// Until the gateway has read all that was sent, and has refused what it will
/// refuse: part 1 of the protocol is silent on success.
sample drain_publishing(stage& on, std::int64_t ended) {
  sample last = on.watch.take_sample();
  for (const auto& one : on.crew)
    one->fence();
  const auto answered = [&] {
    const totals now = on.now();
    return now.fenced + now.ended;
  };
  on.display.bar("waiting until the gateway has read everything", 1);
  const bool read =
      on.wait_until([&] { return answered() >= on.asked.connections; },
                    [&] { return answered() + on.book.failed(); },
                    on.asked.drain, [&] { last = on.watch.take_sample(); });
  if (!read && !on.into.interrupted)
    on.into.warnings.push_back(fmt::format(
        "the gateway had not read everything {} s (--drain) after it answered "
        "last: what it did not read may be lost without a word",
        on.asked.drain));
  on.into.drain_s = std::max(0.0, to_seconds(last.at - ended));
  // It has read everything, and may still be busy with it.
  last = on.calm_sample(last, on.asked.drain);
  on.display.bar("listening for refusals", 1);
  on.wait_until([] { return false; }, [&] { return on.book.failed(); },
                on.asked.settle);
  return last;
}

/// Until each group has each record, or nothing comes any more.
sample drain_deliveries(stage& on, std::int64_t ended) {
  sample last = on.watch.take_sample();
  const std::uint64_t groups = on.into.groups.size();
  const auto complete = [&] {
    return on.book.delivered() + on.book.failed() * groups >=
               on.book.sent() * groups &&
           on.book.balance().total().lost == 0;
  };
  const auto gone = [&] { return on.now().ended == on.now().started; };
  const auto came = [&] { return on.book.came() + on.book.failed(); };
  on.display.bar("waiting for what is under way", 1);
  on.wait_until([&] { return complete() || gone(); }, came, on.asked.drain,
                [&] { last = on.watch.take_sample(); });
  on.into.drain_s = std::max(0.0, to_seconds(last.at - ended));
  // Copies come behind.
  on.display.bar("listening for repeats", 1);
  on.wait_until(gone, came, std::min(on.asked.settle, on.asked.drain));
  return last;
}

sample drain(stage& on, std::int64_t ended) {
  if (on.asked.what == command::publish)
    return on.asked.receipts ? drain_receipts(on, ended)
                             : drain_publishing(on, ended);
  return on.asked.publishes() ? drain_deliveries(on, ended)
                              : on.watch.take_sample();
}

/// The statistics begin there.
void measure_from(stage& on, window& when, std::int64_t from) {
  when.from = from;
  for (const auto& one : on.crew)
    one->begin(when);
}

/// Runs with `--count`: from the first record, whenever it comes.
std::string count_records(stage& on) {
  window when;
  when.start = when.from = now_ns();
  begin(on, when);
  if (on.asked.warmup > 0)
    measure_from(on, when, when.to);
  const auto come = [&] { return on.book.arrived(); };
  const auto warm_up = [&] {
    if (when.from == when.to && come() > 0)
      measure_from(on, when, now_ns() + from_seconds(on.asked.warmup));
  };
  // CPU time counts from the last look before the first record: joining a
  // group takes seconds.
  sample before;
  const auto look = [&] {
    if (come() > 0)
      return;
    before = on.watch.take_sample();
    on.watch.begin_busy();
  };
  if (std::string error = open(on, look); !error.empty())
    return error;
  const std::int64_t limit = now_ns() + from_seconds(on.asked.duration);
  const auto over = [&] {
    look();
    warm_up();
    return on.now().ended == on.now().started || come() >= on.shared.wanted;
  };
  if (!on.into.interrupted)
    on.wait_for_time(limit, "receiving", over);
  const sample after = on.watch.take_sample();
  on.watch.end_busy();
  ask_partitions(on.shared.to, on.asked, on.into);
  on.into.measured_s = to_seconds(after.at - before.at);
  on.set_usage(before, after);
  on.close_all(false);
  if (come() < on.shared.wanted && !on.into.interrupted)
    on.into.problems[fmt::format(
        "of the {} records asked for (--count) only {} came within {} s",
        on.shared.wanted, come(), on.asked.duration)] = 1;
  return {};
}

}  // namespace

std::string exchange_load(stage& on) {
  if (on.asked.count > 0)
    return count_records(on);
  if (std::string error = open(on); !error.empty() || on.into.interrupted)
    return error;
  window when;
  when.start = now_ns() + lead_time;
  when.from = when.start + from_seconds(on.asked.warmup);
  when.to = when.from + from_seconds(on.asked.duration);
  begin(on, when);
  const auto all_gone = [&] { return on.now().ended == on.now().started; };
  sample before = on.watch.take_sample();
  on.wait_for_time(when.from, "warming up", all_gone);
  // A flood stands in the sockets: who reads it while we measure may have been
  // sent it before. Only the whole of it can be shared out.
  if (!on.asked.floods())
    before = on.watch.take_sample();
  on.watch.begin_busy();
  if (!on.into.interrupted)
    on.wait_for_time(when.to, "running", all_gone);
  on.watch.end_busy();
  const std::int64_t ended = std::min(now_ns(), when.to);
  on.into.measured_s = std::max(to_seconds(ended - when.from), 0.0);
  if (ended < when.to)
    for (const auto& one : on.crew)
      one->stop_at(ended);
  on.wait_until([&] { return !on.now().generating; },
                [] { return std::uint64_t{0}; }, stop_patience_s);
  const sample done = drain(on, ended);
  ask_partitions(on.shared.to, on.asked, on.into);
  on.set_usage(before, done);
  on.close_all(false);
  return {};
}

}  // namespace wskafka::load
