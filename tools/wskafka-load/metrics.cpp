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

figure us(const histogram& of, double ns) {
  return of.count() > 0 ? figure(ns / 1e3) : std::nullopt;
}

void add_times(std::vector<metric>& to, const std::string& prefix,
               const histogram& of) {
  for (const double percent : shown_percentiles)
    to.push_back({prefix + percentile_name(percent), unit::time,
                  us(of, static_cast<double>(of.percentile(percent)))});
  to.push_back(
      {prefix + "max", unit::time, us(of, static_cast<double>(of.max()))});
  to.push_back({prefix + "mean", unit::time, us(of, of.mean())});
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
  std::vector<metric> all;
  add_times(all, "", of.connect ? of.seen.handshake : of.seen.response);
  add_times(all, "service_", of.seen.service);
  add_times(all, "sent_late_", of.seen.lag);
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
  add("delivered", unit::count,
      when(receives, book.sum(&group_account::delivered)));
  add("lost", unit::count,
      when(sends && receives, book.sum(&group_account::lost)));
  add("repeated", unit::count,
      when(receives, book.sum(&group_account::repeated)));
  add("out_of_order", unit::count,
      when(receives && of.order_not_checked.empty(),
           book.sum(&group_account::out_of_order)));
  add("unexpected", unit::count,
      when(receives, book.sum(&group_account::unexpected)));
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
