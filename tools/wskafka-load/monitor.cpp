#include "tools/wskafka-load/monitor.hpp"

#include "tools/wskafka-load/clock.hpp"

#include <algorithm>
#include <limits>
#include <unistd.h>
#include <utility>

namespace wskafka::load {
namespace {

constexpr std::int64_t one_second = 1'000'000'000;
/// A shorter rest is no second of its own.
constexpr std::int64_t shortest = 50'000'000;

}  // namespace

totals sum(const loops& all) {
  totals result;
  for (const auto& one : all) {
    const loop_counters& count = one->counters();
    result.started += count.started;
    result.opened += count.opened;
    result.open_failed += count.open_failed;
    result.ready += count.ready;
    result.lost += count.lost;
    result.stalled_closed += count.stalled_closed;
    result.ended += count.ended;
    result.unsent += count.unsent;
    result.fenced += count.fenced;
    result.generating = result.generating || count.generating;
  }
  return result;
}

monitor::monitor(result& into, const loops& all, const ledger& book,
                 progress& display, std::vector<int> server_pids)
    : into_(into),
      loops_(all),
      book_(book),
      display_(display),
      pids_(std::move(server_pids)) {}

monitor::sample monitor::take_sample() const {
  sample taken;
  taken.server = read_usage(pids_);
  taken.own = read_usage({getpid()}).value_or(process_usage());
  taken.at = now_ns();
  return taken;
}

void monitor::start(const window& when) {
  // Before the start only the ramp was seen.
  for (const auto& one : loops_)
    into_.seen.merge(one->take());
  started_ = true;
  when_ = when;
  taken_at_ = when.start;
  next_end_ = when.start + one_second;
  failed_before_ = book_.failed();
  before_ = take_sample();
}

std::int64_t monitor::tick() {
  if (!started_)
    return std::numeric_limits<std::int64_t>::max();
  const std::int64_t now = now_ns();
  if (now >= next_end_)
    end_second(now);
  return next_end_;
}

void monitor::end_second(std::int64_t now) {
  interval seen;
  for (const auto& one : loops_)
    seen.merge(one->take());
  const sample taken = take_sample();
  const totals counts = sum(loops_);
  second row;
  row.at = to_seconds(taken_at_ - when_.start);
  row.length = to_seconds(now - taken_at_);
  row.warmup = taken_at_ + shortest < when_.from;
  row.drain = taken_at_ + shortest > when_.to;
  row.sent = seen.sent;
  row.delivered = seen.delivered;
  row.failed = book_.failed() - failed_before_;
  row.connections = counts.opened -
                    std::min(counts.opened, counts.ended - counts.open_failed);
  if (seen.shown.count() > 0) {
    row.p50 = seen.shown.percentile(50);
    row.p99 = seen.shown.percentile(99);
    row.max = seen.shown.max();
  }
  const double wall = to_seconds(taken.at - before_.at);
  row.own_cpu = (taken.own.cpu_s - before_.own.cpu_s) / wall;
  if (taken.server && before_.server) {
    row.server_cpu = (taken.server->cpu_s - before_.server->cpu_s) / wall;
    if (into_.server)
      into_.server->rss_most_kib =
          std::max(into_.server->rss_most_kib, taken.server->rss_kib);
  }
  into_.seen.merge(seen);
  into_.timeline.push_back(row);
  display_.line(row);
  before_ = taken;
  failed_before_ += row.failed;
  taken_at_ = now;
  // The grid stays; a late second is a long one.
  next_end_ += ((now - next_end_) / one_second + 1) * one_second;
}

void monitor::finish() {
  const std::int64_t now = now_ns();
  if (started_ && now - taken_at_ > shortest) {
    end_second(now);
    return;
  }
  for (const auto& one : loops_)
    into_.seen.merge(one->take());
}

void monitor::begin_busy() {
  busy_from_ = now_ns();
  busy_before_.clear();
  for (const auto& one : loops_)
    busy_before_.push_back(one->cpu_ns());
}

void monitor::end_busy() {
  const auto wall = static_cast<double>(now_ns() - busy_from_);
  into_.own.busy.clear();
  for (std::size_t i = 0; i < busy_before_.size(); ++i)
    into_.own.busy.push_back(
        static_cast<double>(loops_[i]->cpu_ns() - busy_before_[i]) / wall);
}

}  // namespace wskafka::load
