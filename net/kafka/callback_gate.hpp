#pragma once

#include <mutex>
#include <shared_mutex>

namespace wskafka::kafka {

/// What stands between the edge and its listeners: after `close` nothing runs
/// through it any more, also from a thread that a stop had to leave behind in
/// a call on a dead broker.
class callback_gate {
 public:
  /// Runs `call` unless closed; true when it ran. From any thread; `call` must
  /// not block, and must not close the gate.
  template <class Call>
  bool pass(Call&& call) {
    std::shared_lock<std::shared_mutex> guard(mutex_);
    if (!open_)
      return false;
    call();
    return true;
  }

  /// Waits for calls that are running.
  void close() {
    std::lock_guard<std::shared_mutex> guard(mutex_);
    open_ = false;
  }

 private:
  std::shared_mutex mutex_;
  bool open_ = true;
};

}  // namespace wskafka::kafka
