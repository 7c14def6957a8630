#include "test/bench/roof/roofs.hpp"
#include "tools/wskafka-load/clock.hpp"

#include <algorithm>
#include <atomic>
#include <ctime>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdexcept>
#include <string>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace wskafka::roof {
namespace {

using load::now_ns;

/// A WebSocket frame of a client has so many bytes more.
constexpr std::size_t frame_head = 8;

double thread_cpu_s() {
  timespec used{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
  return static_cast<double>(used.tv_sec) +
         static_cast<double>(used.tv_nsec) / 1e9;
}

int check(int result, const char* what) {
  if (result < 0)
    throw std::runtime_error(std::string("cannot ") + what);
  return result;
}

struct pairs {
  std::vector<int> senders;
  std::vector<int> receivers;

  explicit pairs(std::size_t count) {
    const int door = check(socket(AF_INET, SOCK_STREAM, 0), "make a socket");
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof at;
    auto* const address = reinterpret_cast<sockaddr*>(&at);
    check(bind(door, address, size), "bind");
    check(::listen(door, 128), "listen");
    getsockname(door, address, &size);
    const int on = 1;
    for (std::size_t i = 0; i < count; ++i) {
      const int one = check(socket(AF_INET, SOCK_STREAM, 0), "make a socket");
      senders.push_back(one);
      check(connect(one, address, size), "connect");
      setsockopt(one, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      receivers.push_back(
          check(accept4(door, nullptr, nullptr, SOCK_NONBLOCK), "accept"));
    }
    close(door);
  }
  pairs(const pairs&) = delete;
  pairs& operator=(const pairs&) = delete;
  ~pairs() {
    for (const int one : senders)
      close(one);
    for (const int one : receivers)
      close(one);
  }
};

/// Until all senders have shut down. CPU of this thread.
double receive_all(const std::vector<int>& from, std::uint64_t& bytes) {
  const int poll = check(epoll_create1(0), "make an epoll");
  for (const int one : from) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = one;
    epoll_ctl(poll, EPOLL_CTL_ADD, one, &event);
  }
  std::vector<char> buffer(std::size_t{16} * 1024);
  std::vector<epoll_event> ready(256);
  std::size_t open = from.size();
  const double before = thread_cpu_s();
  while (open > 0) {
    const int count = epoll_wait(poll, ready.data(), 256, -1);
    for (int i = 0; i < count; ++i) {
      const int one = ready[static_cast<std::size_t>(i)].data.fd;
      const ssize_t got = recv(one, buffer.data(), buffer.size(), 0);
      if (got > 0) {
        bytes += static_cast<std::uint64_t>(got);
      } else if (got == 0) {
        epoll_ctl(poll, EPOLL_CTL_DEL, one, nullptr);
        --open;
      }
    }
  }
  close(poll);
  return thread_cpu_s() - before;
}

void write_all(int to, const std::string& bytes) {
  for (std::size_t done = 0; done < bytes.size();) {
    const ssize_t went =
        send(to, bytes.data() + done, bytes.size() - done, MSG_NOSIGNAL);
    check(static_cast<int>(went), "send");
    done += static_cast<std::size_t>(went);
  }
}

/// The messages that were sent.
std::uint64_t send_all(const std::vector<int>& to,
                       const socket_options& asked) {
  const std::string bytes((asked.payload + frame_head) * asked.per_write, 'x');
  const std::int64_t start = now_ns();
  const std::int64_t end = start + load::from_seconds(asked.duration);
  const double gap =
      asked.rate > 0 ? 1e9 * static_cast<double>(asked.per_write) / asked.rate
                     : 0;
  std::uint64_t writes = 0;
  for (std::int64_t now = start; now < end; now = now_ns()) {
    const std::uint64_t first = writes - writes % asked.together;
    const auto due =
        start + static_cast<std::int64_t>(static_cast<double>(first) * gap);
    if (due > now) {
      usleep(static_cast<useconds_t>(
          std::min<std::int64_t>((due - now) / 1000 + 1, 1000)));
      continue;
    }
    write_all(to[writes % to.size()], bytes);
    ++writes;
  }
  for (const int one : to)
    shutdown(one, SHUT_WR);
  return writes * asked.per_write;
}

double null_call_ns() {
  constexpr int calls = 200'000;
  const double before = thread_cpu_s();
  for (int i = 0; i < calls; ++i)
    syscall(SYS_getppid);
  return (thread_cpu_s() - before) * 1e9 / calls;
}

}  // namespace

json sockets(const socket_options& asked) {
  const pairs all(asked.connections);
  std::uint64_t bytes = 0;
  double receive_cpu = 0;
  std::thread receiver(
      [&] { receive_cpu = receive_all(all.receivers, bytes); });
  const std::int64_t start = now_ns();
  const double before = thread_cpu_s();
  const std::uint64_t sent = send_all(all.senders, asked);
  const double send_cpu = thread_cpu_s() - before;
  receiver.join();
  const double wall = load::to_seconds(now_ns() - start);
  if (bytes != sent * (asked.payload + frame_head))
    throw std::runtime_error("bytes were lost on a socket");
  const double each =
      1e6 / static_cast<double>(std::max<std::uint64_t>(sent, 1));
  return {{"messages", sent},
          {"rate", static_cast<double>(sent) / wall},
          {"send_us_per_message", send_cpu * each},
          {"receive_us_per_message", receive_cpu * each},
          {"send_busy", send_cpu / wall},
          {"receive_busy", receive_cpu / wall}};
}

json calibrate(double duration) {
  const pairs one(1);
  const int from = one.senders.front();
  const int to = one.receivers.front();
  const std::string bytes(100 + frame_head, 'x');
  std::string buffer(bytes.size(), ' ');
  const std::int64_t end = now_ns() + load::from_seconds(duration);
  const double before = thread_cpu_s();
  std::uint64_t calls = 0;
  for (; now_ns() < end; ++calls) {
    write_all(from, bytes);
    if (recv(to, buffer.data(), buffer.size(), 0) < 0)
      throw std::runtime_error("loopback did not deliver at once");
  }
  const double used = thread_cpu_s() - before;
  return {{"send_us_per_message", used * 1e6 / static_cast<double>(calls)},
          {"null_call_ns", null_call_ns()}};
}

}  // namespace wskafka::roof
