#pragma once

#include "tools/wskafka-load/descriptor.hpp"

#include <cstdint>
#include <sys/eventfd.h>
#include <unistd.h>

namespace wskafka::load {

/// Wakes a thread that waits in poll or epoll for `fd`. Any thread.
class wake {
 public:
  wake() : event_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {}

  void notify() {
    const std::uint64_t one = 1;
    // Full means that it is notified already.
    [[maybe_unused]] const auto done = write(event_.get(), &one, sizeof one);
  }

  void clear() {
    std::uint64_t count = 0;
    [[maybe_unused]] const auto done = read(event_.get(), &count, sizeof count);
  }

  int fd() const { return event_.get(); }

 private:
  descriptor event_;
};

}  // namespace wskafka::load
