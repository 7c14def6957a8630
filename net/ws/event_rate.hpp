#pragma once

#include "net/ws/deadline_wheel.hpp"

namespace wskafka::ws {

/// Counts what happens within a second, which starts with the first event
/// after the last one ended.
class event_rate {
 public:
  /// False when it is one too many.
  bool allow(clock::time_point now, unsigned per_second) {
    if (now - start_ >= std::chrono::seconds(1)) {
      start_ = now;
      count_ = 0;
    }
    return ++count_ <= per_second;
  }

 private:
  clock::time_point start_{};
  unsigned count_ = 0;
};

}  // namespace wskafka::ws
