#pragma once

#include "net/ws/close_reason.hpp"
#include "net/ws/statistics.hpp"

#include <atomic>
#include <cstdint>

namespace wskafka::ws {

/// A number that one thread writes and any thread reads: no locked
/// instruction, no torn value.
class counter {
 public:
  void add(std::uint64_t n = 1) {
    value_.store(value_.load(std::memory_order_relaxed) + n,
                 std::memory_order_relaxed);
  }
  void subtract(std::uint64_t n = 1) {
    value_.store(value_.load(std::memory_order_relaxed) - n,
                 std::memory_order_relaxed);
  }
  std::uint64_t get() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

/// One shard's share of `statistics`; written by its thread alone.
struct counters {
  counter accepted;
  counter refused_origin;
  counter refused_limit;
  counter refused_other;
  counter open;
  counter frames_in;
  counter bytes_in;
  counter frames_out;
  counter bytes_out;
  counter pings;
  counter pongs;
  counter over_budget;
  counter read_pauses;
  counter undeliverable;
  counter accept_errors;
  counter failures;
  counter closed[close_reasons];

  void count(close_reason reason) {
    closed[static_cast<std::size_t>(reason)].add();
  }

  /// From any thread.
  void add_to(statistics& sum) const;
};

}  // namespace wskafka::ws
