#pragma once

#include <cstdint>
#include <ctime>

namespace wskafka::load {

/// Nanoseconds of the machine's steady clock, the same in every process until
/// the machine restarts. Any thread.
inline std::int64_t now_ns() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

constexpr std::int64_t from_seconds(double seconds) {
  return static_cast<std::int64_t>(seconds * 1e9);
}

constexpr double to_seconds(std::int64_t ns) {
  return static_cast<double>(ns) / 1e9;
}

}  // namespace wskafka::load
