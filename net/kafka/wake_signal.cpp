#include "net/kafka/wake_signal.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <ctime>
#include <poll.h>
#include <sys/eventfd.h>
#include <system_error>
#include <unistd.h>

namespace wskafka::kafka {

wake_signal::wake_signal() : fd_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (fd_ < 0)
    throw std::system_error(errno, std::generic_category(), "eventfd");
}

wake_signal::~wake_signal() {
  close(fd_);
}

void wake_signal::set() {
  if (set_.exchange(true))
    return;
  const std::uint64_t one = 1;
  // Cannot fail: the counter never comes near its end.
  [[maybe_unused]] const auto written = write(fd_, &one, sizeof one);
}

void wake_signal::wait_until(std::chrono::steady_clock::time_point until) {
  using std::chrono::nanoseconds;
  using std::chrono::seconds;
  const auto left = std::clamp<nanoseconds>(
      until - std::chrono::steady_clock::now(), nanoseconds(0), seconds(60));
  const auto whole = std::chrono::duration_cast<seconds>(left);
  timespec timeout{};
  timeout.tv_sec = static_cast<std::time_t>(whole.count());
  timeout.tv_nsec = static_cast<long>((left - whole).count());
  pollfd waiting{fd_, POLLIN, 0};
  if (ppoll(&waiting, 1, &timeout, nullptr) > 0) {
    std::uint64_t count = 0;
    [[maybe_unused]] const auto got = read(fd_, &count, sizeof count);
  }
  // Cleared before the caller looks: who sets it later writes again.
  set_.store(false);
}

}  // namespace wskafka::kafka
