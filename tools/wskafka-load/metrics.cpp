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

/// `missing`: how many have no time, because they never came. They may be in
/// the highest percentiles, which are not known then.
void add_times(std::vector<metric>& to, const std::string& prefix,
               const histogram& of, std::uint64_t missing) {
  const auto timed = static_cast<double>(of.count());
  const double all = timed + static_cast<double>(missing);
  const auto add = [&](const std::string& name, double percent, double ns) {
    const bool known = timed > 0 && timed >= all * percent / 100;
    to.push_back(
        {prefix + name, unit::time, known ? figure(ns / 1e3) : std::nullopt});
  };
  for (const double percent : shown_percentiles)
    add(percentile_name(percent), percent,
        static_cast<double>(of.percentile(percent)));
  add("max", 100, static_cast<double>(of.max()));
  add("mean", 100, of.mean());
}

/// Of all deliveries that there should have been.
std::uint64_t never_came(const result& of) {
  return of.book.total().lost + of.unsent * of.book.groups.size();
}

figure main_rate(const result& of) {
  if (of.connect)
    return static_cast<double>(of.connections_opened) / of.connect->ramp_s;
  return of.sent_rate ? of.sent_rate : of.delivered_rate;
}

}  // namespace

timed main_times(const result& of) {
  if (of.connect)
    return {"Handshake", of.seen.handshake};
  if (of.asked.what == command::publish)
    return {"Sent late", of.seen.lag};
  return {"Response time", of.seen.response};
}

std::vector<metric> metrics(const result& of) {
  const bool sends = of.asked.publishes();
  const bool receives = of.asked.subscribes();
  const account& book = of.book;
  const group_account sums = book.total();
  std::vector<metric> all;
  if (of.connect)
    add_times(all, "", of.seen.handshake, of.connections_failed);
  else
    add_times(all, "", of.seen.response, never_came(of));
  add_times(all, "service_", of.seen.service, never_came(of));
  add_times(all, "sent_late_", of.seen.lag, of.unsent);
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
