#include "test/support/ws_edge.hpp"

#include <doctest/doctest.h>

#include <fcntl.h>
#include <functional>
#include <memory>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <vector>

using namespace wskafka;
using test::raw_client;
using test::ws_edge;

namespace {

/// Runs it in a child process that may open `files` files; its result.
int in_child(rlim_t files, const std::function<int()>& run) {
  const pid_t child = fork();
  if (child == 0) {
    const rlimit limit{files, files};
    setrlimit(RLIMIT_NOFILE, &limit);
    int result = 99;
    try {
      result = run();
    } catch (...) {
      result = 98;
    }
    _exit(result);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 97;
}

double cpu_seconds() {
  timespec t{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) * 1e-9;
}

}  // namespace

TEST_SUITE("net/ws/descriptors") {
  TEST_CASE("the limit is what the process may open, less a reserve") {
    CHECK(in_child(100, [] {
            ws_edge server;
            server.start();
            return server.edge->connection_limit() == 75 ? 0 : 1;
          }) == 0);
  }

  TEST_CASE("without descriptors accepting rests, and then goes on") {
    CHECK(
        in_child(200, [] {
          ws_edge server;
          server.start();
          auto survivor = server.open();
          // Takes what is left, but for the next client's own.
          std::vector<int> taken;
          for (int fd = 0; (fd = open("/dev/null", O_RDONLY)) >= 0;)
            taken.push_back(fd);
          close(taken.back());
          taken.pop_back();
          raw_client waiting = server.connect();
          if (!server.until([&] { return server.count().accept_errors >= 3; }))
            return 1;
          // Three rests are 200 ms; a loop that spins would have counted
          // thousands of errors.
          if (server.count().accept_errors > 30)
            return 2;
          survivor.send_text("alive");
          if (!server.events.wait(
                  [&] { return !server.events.received.empty(); }))
            return 3;
          for (const int fd : taken)
            close(fd);
          waiting.upgrade();
          return server.events.wait(
                     [&] { return server.events.opened.size() == 2; })
                     ? 0
                     : 4;
        }) == 0);
  }

  TEST_CASE("more sockets than fit wait in the kernel, not in a loop") {
    CHECK(in_child(400, [] {
            ws_edge server;
            server.options.max_connections = 4;
            server.options.handshake_timeout = std::chrono::milliseconds(300);
            server.start();
            // The sockets allowed are 4 and 50 in the handshake.
            std::vector<raw_client> silent;
            for (int i = 0; i < 80; ++i)
              silent.push_back(server.connect());
            const double before = cpu_seconds();
            // They are cut off in time, and the rest gets its turn.
            bool too_many = false;
            if (!server.until([&] {
                  const std::uint64_t accepted = server.count().accepted;
                  const std::uint64_t ended =
                      server.count().closed[static_cast<int>(
                          ws::close_reason::handshake_timeout)];
                  too_many = too_many || accepted - ended > 54;
                  return accepted == 80;
                }))
              return 1;
            if (too_many)
              return 2;
            if (cpu_seconds() - before > 0.5)
              return 3;
            server.open();
            return 0;
          }) == 0);
  }
}
