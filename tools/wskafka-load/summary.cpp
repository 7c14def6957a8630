#include "tools/wskafka-load/summary.hpp"

#include "tools/wskafka-load/metrics.hpp"
#include "tools/wskafka-load/text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>
#include <iterator>

namespace wskafka::load {
namespace {

using out = std::back_insert_iterator<std::string>;

void head(const result& of, out to) {
  const options& asked = of.asked;
  fmt::format_to(to, "\n{} against {}, run {}\n", to_string(asked.what),
                 asked.url, of.run);
  if (!asked.note.empty())
    fmt::format_to(to, "{}\n", asked.note);
}

void connections(const result& of, out to) {
  const connect_result& found = *of.connect;
  fmt::format_to(
      to, "  connections   {} opened in {:.2f} s ({}/s), {} failed, {} lost\n",
      with_commas(of.connections_opened), found.ramp_s,
      short_number(static_cast<double>(of.connections_opened) / found.ramp_s),
      with_commas(of.connections_failed), with_commas(of.connections_lost));
  if (!found.ramp_cpu_s)
    return;
  const auto each = static_cast<double>(of.connections_opened);
  fmt::format_to(to,
                 "  server        {} us CPU to open each, {} us to close each; "
                 "{:.2f} % of a core while holding; {} RSS each (too little if "
                 "it had many before)\n",
                 short_number(*found.ramp_cpu_s * 1e6 / each),
                 short_number(*found.close_cpu_s * 1e6 / each),
                 100 * *found.hold_cpu_s / std::max(found.hold_s, 1e-3),
                 memory_text(*found.rss_kib_each));
}

void rates(const result& of, out to) {
  if (of.sent_rate) {
    const std::string asked =
        of.asked.closed_loop
            ? std::string("closed loop")
            : fmt::format("{} asked for", short_number(of.asked.rate));
    fmt::format_to(to, "  sent          {}/s ({}), over {:.1f} s\n",
                   short_number(*of.sent_rate), asked, of.measured_s);
  }
  if (of.delivered_rate)
    fmt::format_to(to, "  delivered     {}/s\n",
                   short_number(*of.delivered_rate));
  if (of.asked.publishes())
    fmt::format_to(to, "  drained       {:.2f} s after the end\n", of.drain_s);
}

void times(const char* name, const timing& of, out to) {
  const auto text = [](std::optional<std::int64_t> ns) {
    return ns ? duration_text(static_cast<double>(*ns)) : "-";
  };
  fmt::format_to(to, "  {:<14}", name);
  for (const double percent : shown_percentiles)
    fmt::format_to(to, "{:>10}", text(of.percentile(percent)));
  fmt::format_to(to, "{:>10}\n", text(of.max()));
}

void latencies(const result& of, out to) {
  const interval& seen = of.seen;
  const bool late = seen.lag.count() > 0 && !of.asked.closed_loop;
  if (seen.response.count() == 0 && !late && !of.connect)
    return;
  fmt::format_to(to, "\n  {:<14}", "latency");
  for (const double percent : shown_percentiles)
    fmt::format_to(to, "{:>10}", percentile_name(percent));
  fmt::format_to(to, "{:>10}\n", "max");
  if (of.connect)
    times("handshake", handshakes(of), to);
  if (seen.response.count() > 0) {
    times("response", response_times(of), to);
    times("service", service_times(of), to);
  }
  if (late)
    times("sent late", lateness(of), to);
  if (seen.response.count() > 0)
    fmt::format_to(to,
                   "  (response: from when a message was due; service: from "
                   "when it was sent; {} times)\n",
                   with_commas(seen.response.count()));
  const timing shown = of.connect ? handshakes(of) : response_times(of);
  if (shown.of.count() > 0 && shown.missing > 0)
    fmt::format_to(to, "  (-: not known, because {} never came)\n",
                   with_commas(shown.missing));
}

/// What one group got, or all.
void deliveries(const result& of, const std::string& who,
                const group_account& got, out to) {
  fmt::format_to(to, "  {}  {} delivered", who, with_commas(got.delivered));
  if (of.asked.publishes())
    fmt::format_to(to, " of {}, {} lost", with_commas(got.expected),
                   with_commas(got.lost));
  else
    fmt::format_to(to, ", {} missing between first and last",
                   with_commas(got.holes));
  fmt::format_to(to, ", {} repeated", with_commas(got.repeated));
  if (of.order_not_checked.empty())
    fmt::format_to(to, ", {} out of order", with_commas(got.out_of_order));
  if (got.foreign > 0)
    fmt::format_to(to, ", {} of somebody else", with_commas(got.foreign));
  if (got.unexpected > 0)
    fmt::format_to(to, ", {} that were refused or never sent",
                   with_commas(got.unexpected));
  fmt::format_to(to, "\n");
}

void book(const result& of, out to) {
  const account& all = of.book;
  fmt::format_to(to, "\n");
  if (of.asked.publishes()) {
    fmt::format_to(to, "  ledger        {} sent, {}, {} failed",
                   with_commas(all.sent),
                   of.asked.receipts ? with_commas(all.receipted) + " receipted"
                                     : "receipts not asked",
                   with_commas(all.failed));
    for (const auto& [code, times] : all.failed_by_code)
      fmt::format_to(to, ", {} {}", code, with_commas(times));
    if (all.failed > 0)
      fmt::format_to(to, " ({} perhaps written)",
                     with_commas(all.persisted_maybe));
    if (of.unsent > 0)
      fmt::format_to(to, "; {} never sent", with_commas(of.unsent));
    fmt::format_to(to, "\n");
  }
  if (of.asked.broadcast)
    deliveries(of, fmt::format("{} clients", all.groups.size()), all.total(),
               to);
  if (of.asked.stalled > 0)
    fmt::format_to(to, "  stalled       {}, {} closed by the gateway\n",
                   with_commas(of.asked.stalled),
                   with_commas(of.stalled_closed));
  const std::size_t most = of.asked.broadcast ? 0 : 20;
  for (std::size_t i = 0; i < all.groups.size() && i < most; ++i)
    deliveries(of, all.groups[i].name, all.groups[i], to);
  if (all.groups.size() > most && !of.asked.broadcast)
    deliveries(
        of,
        fmt::format("... and {} groups more; all:", all.groups.size() - most),
        all.total(), to);
  if (!all.groups.empty() && !of.order_not_checked.empty())
    fmt::format_to(to, "  order         {}\n", of.order_not_checked);
}

void usage(const result& of, out to) {
  fmt::format_to(to, "\n");
  if (of.server) {
    fmt::format_to(to,
                   "  server        pid {}: {:.2f} s CPU ({:.0f} % of a core)",
                   fmt::join(of.server->pids, ", "), of.server->cpu_s,
                   100 * of.server->cpu_s / std::max(of.server->wall_s, 1e-3));
    if (const auto each = server_us_per_message(of))
      fmt::format_to(to, ", {} us per {}", short_number(*each), of.cpu_per);
    fmt::format_to(to, "; RSS {} to {}, at most {}; {} threads\n",
                   memory_text(static_cast<double>(of.server->rss_start_kib)),
                   memory_text(static_cast<double>(of.server->rss_end_kib)),
                   memory_text(static_cast<double>(of.server->rss_most_kib)),
                   of.server->threads);
  } else {
    fmt::format_to(to, "  server        CPU not known: {}\n",
                   of.server_unknown);
  }
  std::string busy;
  for (const double one : of.own.busy)
    busy += fmt::format("{}{:.0f} %", busy.empty() ? "" : ", ", 100 * one);
  fmt::format_to(to, "  generator     {:.2f} s CPU; threads {} busy",
                 of.own.cpu_s, busy);
  if (const auto each = own_us_per_message(of))
    fmt::format_to(to, "; {} us per {}", short_number(*each), of.cpu_per);
  fmt::format_to(to, "; RSS {}\n",
                 memory_text(static_cast<double>(of.own.rss_kib)));
}

void remarks(const result& of, out to) {
  for (const auto& [what, times] : of.problems)
    fmt::format_to(to, "\nproblem, {} times: {}", times, what);
  for (const std::string& text : of.warnings)
    fmt::format_to(to, "\nwarning: {}", text);
  if (!of.problems.empty() || !of.warnings.empty())
    fmt::format_to(to, "\n");
  for (const std::string& text : of.verdicts)
    fmt::format_to(to, "\n{}", text);
  if (!of.verdicts.empty())
    fmt::format_to(to, "\n");
}

std::optional<double> us_each(double cpu_s, std::uint64_t messages) {
  if (messages == 0)
    return std::nullopt;
  return cpu_s * 1e6 / static_cast<double>(messages);
}

}  // namespace

std::string percentile_name(double percent) {
  return fmt::format("p{}", percent);
}

std::optional<double> server_us_per_message(const result& of) {
  if (!of.server)
    return std::nullopt;
  // Not what holding them cost.
  if (of.connect && of.connect->ramp_cpu_s)
    return us_each(*of.connect->ramp_cpu_s + *of.connect->close_cpu_s,
                   of.cpu_messages);
  return us_each(of.server->cpu_s, of.cpu_messages);
}

std::optional<double> own_us_per_message(const result& of) {
  return of.connect ? std::nullopt : us_each(of.own.cpu_s, of.cpu_messages);
}

std::string summary(const result& of) {
  std::string text;
  const out to(text);
  head(of, to);
  if (of.connect)
    connections(of, to);
  rates(of, to);
  latencies(of, to);
  if (!of.connect)
    book(of, to);
  usage(of, to);
  remarks(of, to);
  return text;
}

}  // namespace wskafka::load
