#pragma once

#include "tools/wskafka-load/descriptor.hpp"
#include "tools/wskafka-load/wake.hpp"

#include <cstdint>

namespace wskafka::load {

/// How the main thread waits: for the loops, for time, for Ctrl-C. Blocks
/// SIGINT and SIGTERM in this thread and those it starts; after the first one
/// the second ends the process.
class waiter {
 public:
  waiter();

  /// Returns at `until` (ns), or earlier when `main` is notified or a signal
  /// comes.
  void wait(std::int64_t until);
  bool interrupted() const { return interrupted_; }

  wake& main() { return main_; }

 private:
  wake main_;
  descriptor signals_;
  bool interrupted_ = false;
};

}  // namespace wskafka::load
