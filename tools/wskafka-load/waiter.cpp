#include "tools/wskafka-load/waiter.hpp"

#include "tools/wskafka-load/clock.hpp"

#include <algorithm>
#include <array>
#include <csignal>
#include <poll.h>
#include <sys/signalfd.h>

namespace wskafka::load {
namespace {

sigset_t ending_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  return set;
}

}  // namespace

waiter::waiter() {
  const sigset_t set = ending_signals();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  signals_ = descriptor(signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC));
}

void waiter::wait(std::int64_t until) {
  const std::int64_t left =
      std::clamp<std::int64_t>(until - now_ns(), 0, 3'600'000'000'000);
  timespec time{};
  time.tv_sec = left / 1'000'000'000;
  time.tv_nsec = left % 1'000'000'000;
  std::array<pollfd, 2> watched{
      {{main_.fd(), POLLIN, 0}, {signals_.get(), POLLIN, 0}}};
  if (ppoll(watched.data(), watched.size(), &time, nullptr) <= 0)
    return;
  if (watched[0].revents != 0)
    main_.clear();
  if (watched[1].revents != 0) {
    interrupted_ = true;
    const sigset_t set = ending_signals();
    signals_.close();
    // Takes the one that came; from now on they end the process.
    timespec none{};
    sigtimedwait(&set, nullptr, &none);
    pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
  }
}

}  // namespace wskafka::load
