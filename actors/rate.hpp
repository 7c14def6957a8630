#pragma once

#include <chrono>
#include <cmath>

namespace wskafka {

/// Events per second, averaged over about the last ten seconds (exponentially
/// decaying), for actor state. Used by one actor, not thread-safe.
class rate {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  void add(double events, time_point now) {
    decay(now);
    value_ += events / memory;
  }

  double per_second(time_point now) {
    decay(now);
    return value_;
  }

 private:
  static constexpr double memory = 10;  // seconds

  void decay(time_point now) {
    const std::chrono::duration<double> passed = now - last_;
    value_ *= std::exp(-passed.count() / memory);
    last_ = now;
  }

  double value_ = 0;
  time_point last_;
};

}  // namespace wskafka
