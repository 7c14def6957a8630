#include "tools/wskafka-load/clock.hpp"
#include "tools/wskafka-load/stage.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace wskafka::load {
namespace {

using sample = stage::sample;

/// How long the server may work on connections that have ended.
constexpr double calm_patience_s = 5;

/// Until each connection is open or has failed.
void ramp(stage& on) {
  const auto all = static_cast<double>(on.asked.connections);
  const auto tried = [&] {
    const totals now = on.now();
    return now.opened + now.open_failed;
  };
  const auto done = [&] {
    on.display.bar("connecting", static_cast<double>(tried()) / all);
    return tried() == on.asked.connections;
  };
  for (const auto& one : on.crew)
    one->open_all();
  if (on.wait_until(done, tried, on.opening_patience()))
    return;
  for (const auto& one : on.crew)
    one->give_up_opening();
  on.wait_until([&] { return on.now().started == tried(); }, tried,
                on.asked.timeout);
}

void set_costs(stage& on, const sample& before, const sample& ramped,
               const sample& held, const sample& closed) {
  connect_result& found = *on.into.connect;
  const std::int64_t last_open = on.into.seen.last_open;
  found.ramp_s = to_seconds(std::max(last_open - before.at, std::int64_t{1}));
  found.hold_s = to_seconds(held.at - ramped.at);
  on.into.measured_s = to_seconds(held.at - before.at);
  on.set_usage(before, closed);
  if (!before.server || !ramped.server || !held.server || !closed.server)
    return;
  found.ramp_cpu_s = ramped.server->cpu_s - before.server->cpu_s;
  found.hold_cpu_s = held.server->cpu_s - ramped.server->cpu_s;
  found.close_cpu_s = closed.server->cpu_s - held.server->cpu_s;
  found.rss_kib_each = (static_cast<double>(held.server->rss_kib) -
                        static_cast<double>(before.server->rss_kib)) /
                       static_cast<double>(on.now().opened);
}

}  // namespace

std::string connect_load(stage& on) {
  on.into.connect.emplace();
  const sample before = on.watch.take_sample();
  window when;
  when.start = when.from = before.at;
  on.watch.start(when);
  on.watch.begin_busy();
  ramp(on);
  on.watch.end_busy();
  const sample ramped = on.watch.take_sample();
  const totals opened = on.now();
  if (opened.opened == 0)
    return on.first_problem();
  on.display.say(fmt::format("{} connections after {:.2f} s; holding for {} s",
                             opened.opened, to_seconds(ramped.at - before.at),
                             on.asked.duration));
  if (!on.into.interrupted)
    on.wait_for_time(ramped.at + from_seconds(on.asked.duration), "holding",
                     [&] { return on.now().ended == opened.started; });
  const sample held = on.watch.take_sample();
  on.close_all(on.asked.drop);
  const sample closed = on.calm_sample(held, calm_patience_s);
  on.watch.finish();
  set_costs(on, before, ramped, held, closed);
  return {};
}

}  // namespace wskafka::load
