#include "tools/wskafka-load/judge.hpp"

#include "tools/wskafka-load/clock.hpp"
#include "tools/wskafka-load/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace wskafka::load {
namespace {

/// Of its core: from here on a generator may be what was measured.
constexpr double busy_limit = 0.85;

void set_rates(result& of) {
  const options& asked = of.asked;
  const auto per_second = [](std::uint64_t count, double seconds) {
    return seconds > 0 ? static_cast<double>(count) / seconds : 0;
  };
  if (asked.publishes())
    of.sent_rate = per_second(of.seen.sent_measured, of.measured_s);
  if (!asked.subscribes())
    return;
  const interval& seen = of.seen;
  if (asked.count == 0)
    of.delivered_rate = per_second(seen.delivered_measured, of.measured_s);
  else if (seen.last_delivery > seen.first_delivery)
    of.delivered_rate = per_second(
        seen.delivered, to_seconds(seen.last_delivery - seen.first_delivery));
}

void set_cpu_messages(result& of) {
  switch (of.asked.what) {
    case command::publish:
      of.cpu_messages = of.asked.floods() ? of.book.sent : of.seen.lag.count();
      of.cpu_per = of.asked.floods() ? "message published, warm-up included"
                                     : "message published";
      break;
    case command::roundtrip:
      of.cpu_messages = of.seen.lag.count();
      of.cpu_per = "message, published and delivered";
      break;
    case command::mixed:
    case command::fanout:
      of.cpu_messages = of.seen.response.count();
      of.cpu_per = "delivery, its share of publishing included";
      break;
    case command::subscribe:
      of.cpu_messages =
          of.asked.count > 0 ? of.seen.delivered : of.seen.delivered_measured;
      of.cpu_per = "delivery";
      break;
    case command::connect:
      of.cpu_messages = of.connections_opened;
      of.cpu_per = "connection, opened and closed";
      break;
    case command::compare:
      break;
  }
}

void warn(result& of) {
  const auto add = [&](std::string text) {
    of.warnings.push_back(std::move(text));
  };
  const double busiest =
      of.own.busy.empty()
          ? 0
          : *std::max_element(of.own.busy.begin(), of.own.busy.end());
  if (busiest >= busy_limit)
    add(fmt::format(
        "the generator was the limit: one of its {} threads used {:.0f} % of a "
        "core. What stands here is its speed, not the gateway's; add --threads "
        "or lower --rate",
        of.own.busy.size(), 100 * busiest));
  if (of.unsent > 0)
    add(fmt::format(
        "{} messages were due and not sent: {}", with_commas(of.unsent),
        busiest >= busy_limit
            ? "the generator was too slow"
            : "the sockets took no more, so the gateway read too slowly, or "
              "their connections had ended"));
  if (const auto untracked = of.book.total().untracked; untracked > 0)
    add(
        fmt::format("{} deliveries were too scattered to be told "
                    "from repeats: they count neither as delivered nor as lost",
                    with_commas(untracked)));
  if (of.book.unmatched > 0)
    add(fmt::format("{} answers fit no message that was sent",
                    with_commas(of.book.unmatched)));
  if (of.asked.receipts && of.book.unanswered() > 0)
    add(fmt::format("{} messages had neither a receipt nor a refusal",
                    with_commas(of.book.unanswered())));
  if (of.seen.other_clock > 0)
    add(
        fmt::format("{} records were published on another machine, or before "
                    "this one started: they have no latency",
                    with_commas(of.seen.other_clock)));
  if (of.connections_failed > 0)
    add(fmt::format("{} connections could not be opened",
                    with_commas(of.connections_failed)));
  if (of.connections_lost > 0)
    add(fmt::format("{} connections ended before the run did",
                    with_commas(of.connections_lost)));
  if (of.asked.what == command::subscribe && of.seen.delivered == 0)
    add("no record came. Does somebody publish to these topics while this "
        "runs? What was there before takes --count");
  if (of.interrupted)
    add("the run was interrupted: its figures cover a part of it");
}

}  // namespace

void judge(result& of) {
  set_rates(of);
  set_cpu_messages(of);
  warn(of);
}

bool went_as_planned(const result& of) {
  return of.connections_failed == 0 && of.connections_lost == 0 &&
         of.problems.empty() && !of.interrupted;
}

}  // namespace wskafka::load
