#include "tools/wskafka-load/report_json.hpp"

#include "tools/wskafka-load/metrics.hpp"
#include "tools/wskafka-load/summary.hpp"
#include "tools/wskafka-load/version.hpp"

#include <fmt/format.h>

#include <fstream>
#include <string>
#include <thread>

namespace wskafka::load {
namespace {

using nlohmann::json;

template <class T>
json or_null(const std::optional<T>& value) {
  return value ? json(*value) : json();
}

double us(std::int64_t ns) {
  return static_cast<double>(ns) / 1e3;
}

json or_null_us(const std::optional<std::int64_t>& ns) {
  return ns ? json(us(*ns)) : json();
}

json times(const timing& of) {
  if (of.of.count() == 0)
    return nullptr;
  const auto mean = of.mean();
  json all = {{"count", of.of.count()},
              {"never_came", of.missing},
              {"min", us(of.of.min())},
              {"mean", mean ? json(*mean / 1e3) : json()},
              {"max", or_null_us(of.max())}};
  for (const double percent : shown_percentiles)
    all[percentile_name(percent)] = or_null_us(of.percentile(percent));
  return all;
}

json plan(const options& asked, const result& of) {
  json topics = json::array();
  for (const topic_info& topic : of.topics)
    topics.push_back(
        {{"name", topic.name},
         {"partitions",
          topic.partitions > 0 ? json(topic.partitions) : json()}});
  const bool open_loop = asked.publishes() && !asked.closed_loop;
  return {
      {"url", asked.url},
      {"loop", !asked.publishes()  ? json()
               : asked.closed_loop ? json("closed")
                                   : json("open")},
      {"partitions", asked.partitions > 0 ? json(asked.partitions) : json()},
      {"rate", open_loop ? json(asked.rate) : json()},
      {"arrivals", asked.arrival == arrivals::even ? "even" : "poisson"},
      {"in_flight", asked.closed_loop ? json(asked.in_flight) : json()},
      {"frames_per_write", asked.frames_per_write},
      {"connections", asked.connections},
      {"connect_rate", asked.connect_rate},
      {"subscribers", asked.broadcast ? of.groups.size() : asked.subscribers},
      {"broadcast", asked.broadcast},
      {"commit", asked.subscribes() ? json(asked.commit) : json()},
      {"window", asked.window > 0 ? json(asked.window) : json()},
      {"topics", topics},
      {"groups", asked.broadcast ? json::array() : json(of.groups)},
      {"payload", asked.payload},
      {"warmup_s", asked.warmup},
      {"duration_s", asked.duration},
      {"drain_s", asked.drain},
      {"settle_s", asked.settle},
      {"count", asked.count > 0 ? json(asked.count) : json()},
      {"seed", asked.seed},
      {"threads", asked.threads}};
}

json ledger_json(const result& of) {
  const account& all = of.book;
  const bool known = of.asked.publishes();
  const bool received = of.asked.subscribes();
  const bool ordered = received && of.order_not_checked.empty();
  const group_account sums = all.total();
  const auto total = [&](std::uint64_t group_account::*field, bool show) {
    return show ? json(sums.*field) : json();
  };
  json groups = json::array();
  // Of a broadcast the sums tell enough: there may be thousands.
  for (const group_account& group :
       of.asked.broadcast ? std::vector<group_account>() : all.groups)
    groups.push_back(
        {{"name", group.name},
         {"expected", known ? json(group.expected) : json()},
         {"delivered", group.delivered},
         {"lost", known ? json(group.lost) : json()},
         {"repeated", group.repeated},
         {"out_of_order", ordered ? json(group.out_of_order) : json()},
         {"holes", known ? json() : json(group.holes)},
         {"foreign", group.foreign},
         {"unexpected", group.unexpected},
         {"untracked", group.untracked}});
  return {{"sent", known ? json(all.sent) : json()},
          {"receipted", of.asked.receipts ? json(all.receipted) : json()},
          {"unsent", known ? json(of.unsent) : json()},
          {"failed", known ? json(all.failed) : json()},
          {"failed_by_code", all.failed_by_code},
          {"persisted_maybe", known ? json(all.persisted_maybe) : json()},
          {"unmatched_failures", all.unmatched},
          {"delivered", total(&group_account::delivered, received)},
          {"lost", total(&group_account::lost, known && received)},
          {"repeated", total(&group_account::repeated, received)},
          {"out_of_order", total(&group_account::out_of_order, ordered)},
          {"order", !received ? json()
                    : ordered ? json("checked")
                              : json(of.order_not_checked)},
          {"holes", total(&group_account::holes, received && !known)},
          {"foreign", total(&group_account::foreign, received)},
          {"unexpected", total(&group_account::unexpected, received)},
          {"untracked", total(&group_account::untracked, received)},
          {"groups", groups}};
}

json server_json(const result& of) {
  if (!of.server)
    return {{"known", false}, {"why", of.server_unknown}};
  const server_usage& server = *of.server;
  return {{"known", true},
          {"pids", server.pids},
          {"cpu_s", server.cpu_s},
          {"wall_s", server.wall_s},
          {"cpu_us_per_message", or_null(server_us_per_message(of))},
          {"rss_start", server.rss_start_kib},
          {"rss_end", server.rss_end_kib},
          {"rss_most", server.rss_most_kib},
          {"threads", server.threads}};
}

json connect_json(const result& of) {
  if (!of.connect)
    return nullptr;
  const connect_result& found = *of.connect;
  return {{"ramp_s", found.ramp_s},
          {"hold_s", found.hold_s},
          {"server_ramp_cpu_s", or_null(found.ramp_cpu_s)},
          {"server_hold_cpu_s", or_null(found.hold_cpu_s)},
          {"server_close_cpu_s", or_null(found.close_cpu_s)},
          {"server_rss_each", or_null(found.rss_kib_each)}};
}

json timeline(const result& of) {
  json rows = json::array();
  for (const second& one : of.timeline)
    rows.push_back({{"at_s", one.at},
                    {"length_s", one.length},
                    {"warmup", one.warmup},
                    {"drain", one.drain},
                    {"sent", one.sent},
                    {"delivered", one.delivered},
                    {"failed", one.failed},
                    {"connections", one.connections},
                    {"p50", or_null_us(one.p50)},
                    {"p99", or_null_us(one.p99)},
                    {"max", or_null_us(one.max)},
                    {"own_cpu", one.own_cpu},
                    {"server_cpu", or_null(one.server_cpu)}});
  return rows;
}

json flat(const result& of) {
  json all;
  for (const metric& one : metrics(of))
    all[one.name] = or_null(one.value);
  return all;
}

json machine() {
  std::ifstream cpus("/proc/cpuinfo");
  std::string line;
  std::string model = "unknown";
  while (std::getline(cpus, line))
    if (line.compare(0, 10, "model name") == 0) {
      model = line.substr(line.find(':') + 2);
      break;
    }
  std::ifstream release("/proc/sys/kernel/osrelease");
  std::string kernel;
  release >> kernel;
  return {{"cores", std::thread::hardware_concurrency()},
          {"cpu", model},
          {"kernel", kernel}};
}

}  // namespace

nlohmann::json to_json(const result& of) {
  return {{"tool", "wskafka-load"},
          {"version", version},
          {"command", to_string(of.asked.what)},
          {"command_line", of.asked.command_line},
          {"note", of.asked.note},
          {"run", of.run},
          {"started", of.started},
          {"interrupted", of.interrupted},
          {"machine", machine()},
          {"plan", plan(of.asked, of)},
          {"connections",
           {{"opened", of.connections_opened},
            {"failed", of.connections_failed},
            {"lost", of.connections_lost},
            {"stalled", of.asked.stalled},
            {"stalled_closed", of.stalled_closed}}},
          {"connect", connect_json(of)},
          {"ledger", ledger_json(of)},
          {"measured_s", of.measured_s},
          {"drained_s", of.asked.publishes() ? json(of.drain_s) : json()},
          {"rates",
           {{"sent", or_null(of.sent_rate)},
            {"delivered", or_null(of.delivered_rate)}}},
          {"latency_us",
           {{"response", times(response_times(of))},
            {"service", times(service_times(of))},
            {"sent_late", times(lateness(of))},
            {"handshake", times(handshakes(of))}}},
          {"server", server_json(of)},
          {"generator",
           {{"cpu_s", of.own.cpu_s},
            {"cpu_us_per_message", or_null(own_us_per_message(of))},
            {"busy", of.own.busy},
            {"rss", of.own.rss_kib},
            {"rss_peak", of.own.rss_peak_kib}}},
          {"metrics", flat(of)},
          {"cpu_messages", of.cpu_messages},
          {"cpu_per", of.cpu_per},
          {"thresholds", of.verdicts},
          {"problems", of.problems},
          {"warnings", of.warnings},
          {"timeline", timeline(of)}};
}

std::string json_text(const result& of) {
  using handler = nlohmann::json::error_handler_t;
  return to_json(of).dump(2, ' ', false, handler::replace) + "\n";
}

}  // namespace wskafka::load
