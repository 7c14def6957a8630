#pragma once

#include <atomic>
#include <chrono>

namespace wskafka::kafka {

/// Wakes one thread that waits, from any other; many settings between two waits
/// cost one system call. An eventfd, so that setting it is allowed under
/// librdkafka's queue locks.
class wake_signal {
 public:
  /// Throws std::system_error when the process has no file descriptor left.
  wake_signal();
  wake_signal(const wake_signal&) = delete;
  wake_signal& operator=(const wake_signal&) = delete;
  ~wake_signal();

  /// From any thread. What was written before it is seen after the wait.
  void set();

  /// By the one waiting thread: until it was set, or until `until`.
  void wait_until(std::chrono::steady_clock::time_point until);

 private:
  int fd_ = -1;
  std::atomic<bool> set_{false};
};

}  // namespace wskafka::kafka
