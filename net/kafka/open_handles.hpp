#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <utility>

namespace wskafka::kafka {

/// The consumer handles that did not end yet: kept alive here, and closed
/// together when the edge stops. All functions from any thread.
class open_handles {
 public:
  using clock = std::chrono::steady_clock;

  /// Keeps what `make` returns until its `ended`, which it is given, was
  /// called; null when all are closed already. The handle has a function
  /// `close(deadline)`. `ended` may outlive this only uncalled.
  template <class Make>
  auto add(Make make) -> decltype(make(std::function<void()>())) {
    std::lock_guard<std::mutex> guard(mutex_);
    if (closed_)
      return nullptr;
    const std::uint64_t number = ++numbers_;
    auto handle = make([this, number] { remove(number); });
    open_[number] = [handle](clock::time_point by) { handle->close(by); };
    return handle;
  }

  /// Has all closed by this deadline; none is taken any more.
  void close_all(clock::time_point deadline);

  /// False when some are left at this time.
  bool wait_until(clock::time_point until);

 private:
  using closing = std::function<void(clock::time_point)>;
  void remove(std::uint64_t number);

  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::uint64_t, closing> open_;
  std::uint64_t numbers_ = 0;
  bool closed_ = false;
};

}  // namespace wskafka::kafka
