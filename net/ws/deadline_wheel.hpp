#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace wskafka::ws {

using clock = std::chrono::steady_clock;

/// Something with a next deadline. It lives in at most one wheel and takes
/// itself out when it dies.
class deadline {
 public:
  deadline() = default;
  deadline(const deadline&) = delete;
  deadline& operator=(const deadline&) = delete;
  ~deadline() { unlink(); }

 private:
  friend class deadline_wheel;
  void unlink();

  deadline* next_ = nullptr;
  deadline** at_ = nullptr;
  std::uint64_t tick_ = 0;
};

/// The deadlines of all connections of one shard: setting one costs the same
/// whatever their number, and one timer serves them all. Time is passed in.
/// Deadlines come up to one tick late. One that lies beyond the horizon comes
/// at the horizon, so whoever is called looks at the time. Not thread-safe.
class deadline_wheel {
 public:
  static constexpr std::chrono::milliseconds tick{25};
  /// 51 s: beyond the usual ping interval.
  static constexpr std::size_t slots = 2048;

  explicit deadline_wheel(clock::time_point start)
      : start_(start), slots_(slots, nullptr) {}

  /// Moves `d` to `when` if that is earlier than it stands, or if it does not
  /// stand anywhere. Returns the time at which `advance` has to be called.
  clock::time_point hasten(deadline& d, clock::time_point when);

  /// Takes out those whose time has come and calls `f(deadline&)` for each; it
  /// may set and destroy any deadline.
  template <class F>
  void advance(clock::time_point now, F f) {
    const std::uint64_t until = passed(now);
    if (until > current_ + slots)
      current_ = until - slots;  // each slot once is enough
    while (current_ < until) {
      deadline*& slot = slots_[++current_ % slots];
      while (slot) {
        deadline& d = *slot;
        d.unlink();
        f(d);
      }
    }
  }

  /// The time of the next one; none when the wheel is empty.
  std::optional<clock::time_point> next() const;

 private:
  /// Whole ticks since the start.
  std::uint64_t passed(clock::time_point now) const;
  clock::time_point time_of(std::uint64_t t) const {
    return start_ + t * clock::duration(tick);
  }

  clock::time_point start_;
  std::uint64_t current_ = 0;
  std::vector<deadline*> slots_;
};

}  // namespace wskafka::ws
