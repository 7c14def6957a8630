#pragma once

#include "tools/wskafka-load/interval.hpp"
#include "tools/wskafka-load/ledger.hpp"
#include "tools/wskafka-load/options.hpp"
#include "tools/wskafka-load/process_usage.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace wskafka::load {

/// A topic, and how many partitions `list` showed; 0 when it could not tell.
struct topic_info {
  std::string name;
  int partitions = 0;
};

/// One line: a second of the run.
struct second {
  double at = 0;  // since the start, in seconds
  double length = 1;
  bool warmup = false;
  /// After the time for sending.
  bool drain = false;
  std::uint64_t sent = 0;
  std::uint64_t delivered = 0;
  std::uint64_t failed = 0;
  std::uint64_t connections = 0;
  /// Response times in ns, or what else the run times; nothing without any.
  std::optional<std::int64_t> p50;
  std::optional<std::int64_t> p99;
  std::optional<std::int64_t> max;
  /// Shares of one core.
  double own_cpu = 0;
  std::optional<double> server_cpu;
};

/// What the server's processes used in one part of the run.
struct server_usage {
  std::vector<int> pids;
  double cpu_s = 0;
  double wall_s = 0;
  std::uint64_t rss_start_kib = 0;
  std::uint64_t rss_end_kib = 0;
  /// The most at the end of a second.
  std::uint64_t rss_most_kib = 0;
  int threads = 0;
};

struct own_usage {
  double cpu_s = 0;
  double wall_s = 0;
  std::uint64_t rss_kib = 0;
  std::uint64_t rss_peak_kib = 0;
  /// Per thread, the share of a core it used while measuring.
  std::vector<double> busy;
};

/// `connect` only.
struct connect_result {
  double ramp_s = 0;
  /// Of the server: while connecting, while holding, while closing.
  std::optional<double> ramp_cpu_s;
  std::optional<double> hold_cpu_s;
  std::optional<double> close_cpu_s;
  double hold_s = 0;
  std::optional<double> rss_kib_each;
};

/// All that a run found out; the reports only show it.
struct result {
  options asked;
  std::string run;
  std::string started;  // UTC
  std::vector<topic_info> topics;
  std::vector<std::string> groups;
  /// Empty when the order was checked, else why not.
  std::string order_not_checked;
  bool interrupted = false;

  std::uint64_t connections_opened = 0;
  std::uint64_t connections_failed = 0;
  std::uint64_t connections_lost = 0;
  /// Of --stalled, by the gateway.
  std::uint64_t stalled_closed = 0;
  std::optional<connect_result> connect;

  account book;
  std::uint64_t unsent = 0;
  std::map<std::string, std::uint64_t> problems;

  /// Merged over threads and time.
  interval seen;
  double measured_s = 0;
  /// From the end of sending until everything had arrived or was given up.
  double drain_s = 0;
  std::optional<double> sent_rate;
  std::optional<double> delivered_rate;

  std::optional<server_usage> server;
  /// Why there is none.
  std::string server_unknown;
  own_usage own;
  /// Messages that the CPU time was spent on, and the word for them.
  std::uint64_t cpu_messages = 0;
  std::string cpu_per;

  std::vector<second> timeline;
  std::vector<std::string> warnings;
  /// One line for each --fail-if.
  std::vector<std::string> verdicts;
};

}  // namespace wskafka::load
