#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace wskafka::load {

/// What processes of this machine used so far.
struct process_usage {
  double cpu_s = 0;
  std::uint64_t rss_kib = 0;
  /// The most at any time of their lives.
  std::uint64_t peak_kib = 0;
  int threads = 0;
};

/// A sum over the processes; nothing when one is gone or hidden from us.
std::optional<process_usage> read_usage(const std::vector<int>& pids);

/// The processes that listen on the TCP port, as far as /proc shows them to
/// this user.
std::vector<int> listeners(int port);

}  // namespace wskafka::load
