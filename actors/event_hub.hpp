#pragma once

#include "actors/server.hpp"

#include <array>
#include <cstddef>
#include <mutex>

namespace wskafka {

/// The handlers of the library face. Filled before the threads start; `emit`
/// from any thread, one call at a time.
class event_hub {
 public:
  void on(event what, event_handler handler) {
    handlers_[static_cast<std::size_t>(what)] = std::move(handler);
  }

  /// Whether anybody listens; ask before preparing what is costly.
  bool wanted(event what) const {
    return static_cast<bool>(handlers_[static_cast<std::size_t>(what)]);
  }

  void emit(const event_info& info) {
    if (!wanted(info.what))
      return;
    std::lock_guard<std::mutex> guard(mutex_);
    handlers_[static_cast<std::size_t>(info.what)](info);
  }

 private:
  std::array<event_handler, event_count> handlers_;
  std::mutex mutex_;
};

}  // namespace wskafka
