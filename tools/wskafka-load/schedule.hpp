#pragma once

#include <cstdint>
#include <random>

namespace wskafka::load {

enum class arrivals { even, poisson };

/// When bursts are due, whatever became of those before: an open loop. A burst
/// is the messages that go out in one write. Not thread-safe.
class schedule {
 public:
  /// `rate` in bursts a second, above 0; the first is due at `start` ns.
  schedule(std::int64_t start, double rate, arrivals kind, std::uint64_t seed);

  /// When the next burst is due, in ns.
  std::int64_t next() const { return next_; }
  void advance();

 private:
  const std::int64_t start_;
  const double gap_;  // ns
  const arrivals kind_;
  std::mt19937_64 random_;
  std::uint64_t index_ = 0;
  double passed_ = 0;  // ns since start_
  std::int64_t next_;
};

}  // namespace wskafka::load
