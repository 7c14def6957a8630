#include "tools/wskafka-load/metrics.hpp"

#include "tools/wskafka-load/summary.hpp"
#include "tools/wskafka-load/text.hpp"

#include <cmath>

namespace wskafka::load {
namespace {

using figure = std::optional<double>;

figure when(bool known, std::uint64_t count) {
  return known ? figure(static_cast<double>(count)) : std::nullopt;
}

void add_times(std::vector<metric>& to, const std::string& prefix,
               const timing& of) {
  const auto add = [&](const std::string& name, figure ns) {
    to.push_back(
        {prefix + name, unit::time, ns ? figure(*ns / 1e3) : std::nullopt});
  };
  for (const double percent : shown_percentiles)
    add(percentile_name(percent), of.percentile(percent));
  add("max", of.max());
  add("mean", of.mean());
}

/// Of all answers, or deliveries, that there should have been. What was refused
/// and is written perhaps counts, too.
std::uint64_t never_came(const result& of) {
  const account& book = of.book;
  if (of.asked.what == command::publish)
    return of.unsent + book.failed + book.unanswered();
  const group_account all = book.total();
  return all.lost + all.holes + (of.unsent + book.failed) * book.groups.size();
}

/// What is told when a publish is answered.
bool has_responses(const options& asked) {
  return asked.what != command::publish || asked.receipts;
}

figure main_rate(const result& of) {
  if (of.connect)
    return static_cast<double>(of.connections_opened) / of.connect->ramp_s;
  return of.sent_rate ? of.sent_rate : of.delivered_rate;
}

}  // namespace

timing response_times(const result& of) {
  return {of.seen.response, never_came(of)};
}

timing service_times(const result& of) {
  return {of.seen.service, never_came(of)};
}

timing lateness(const result& of) {
  return {of.seen.lag, of.unsent};
}

timing handshakes(const result& of) {
  return {of.seen.handshake, of.connections_failed};
}

bool can_know(const options& asked, const std::string& name) {
  result nothing;
  nothing.asked = asked;
  for (const metric& one : metrics(nothing))
    if (one.name == name && one.in == unit::count)
      return one.value.has_value();
    else if (one.name == name && one.in == unit::time)
      return asked.what == command::connect || has_responses(asked) ||
             name.compare(0, 5, "sent_") == 0;
  return true;
}

timed main_times(const result& of) {
  if (of.connect)
    return {"Handshake", of.seen.handshake};
  if (!has_responses(of.asked))
    return {"Sent late", of.seen.lag};
  return {"Response time", of.seen.response};
}

std::vector<metric> metrics(const result& of) {
  const bool sends = of.asked.publishes();
  const bool receives = of.asked.subscribes();
  const account& book = of.book;
  const group_account sums = book.total();
  std::vector<metric> all;
  add_times(all, "", of.connect ? handshakes(of) : response_times(of));
  add_times(all, "service_", service_times(of));
  add_times(all, "sent_late_", lateness(of));
  const auto add = [&](const char* name, unit in, figure what) {
    all.push_back({name, in, what});
  };
  add("rate", unit::rate, main_rate(of));
  add("delivered_rate", unit::rate, of.delivered_rate);
  add("sent", unit::count, when(sends, book.sent));
  add("unsent", unit::count, when(sends, of.unsent));
  add("failed", unit::count, when(sends, book.failed));
  add("receipted", unit::count, when(of.asked.receipts, book.receipted));
  add("unanswered", unit::count, when(of.asked.receipts, book.unanswered()));
  add("delivered", unit::count, when(receives, sums.delivered));
  add("lost", unit::count, when(sends && receives, sums.lost));
  add("repeated", unit::count, when(receives, sums.repeated));
  add("out_of_order", unit::count,
      when(receives && of.order_not_checked.empty(), sums.out_of_order));
  const bool observes = receives && !sends;
  add("holes", unit::count, when(observes, sums.holes));
  add("foreign", unit::count, when(receives, sums.foreign));
  add("unexpected", unit::count, when(receives, sums.unexpected));
  add("connections_failed", unit::count, when(true, of.connections_failed));
  add("connections_lost", unit::count, when(true, of.connections_lost));
  add("cpu_us_per_msg", unit::cpu_us, server_us_per_message(of));
  add("own_cpu_us_per_msg", unit::cpu_us, own_us_per_message(of));
  add("server_rss", unit::kib,
      when(of.server.has_value(), of.server ? of.server->rss_most_kib : 0));
  return all;
}

std::string to_text(double value, unit in) {
  switch (in) {
    case unit::time:
      return duration_text(value * 1e3);
    case unit::count:
      return with_commas(static_cast<std::uint64_t>(std::llround(value)));
    case unit::rate:
      return short_number(value) + "/s";
    case unit::cpu_us:
      return short_number(value) + " us";
    case unit::kib:
      return memory_text(value);
  }
  return {};
}

}  // namespace wskafka::load
