#include "tools/wskafka-load/descriptor.hpp"
#include "tools/wskafka-load/process_usage.hpp"

#include <doctest/doctest.h>

#include <arpa/inet.h>
#include <ctime>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

using namespace wskafka::load;

TEST_SUITE("tools/load/process_usage") {
  TEST_CASE("the process that listens on a port is found") {
    const descriptor listening(socket(AF_INET, SOCK_STREAM, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    void* const place = &address;
    REQUIRE(bind(listening.get(), static_cast<sockaddr*>(place), size) == 0);
    REQUIRE(listen(listening.get(), 1) == 0);
    REQUIRE(getsockname(listening.get(), static_cast<sockaddr*>(place),
                        &size) == 0);
    CHECK(listeners(ntohs(address.sin_port)) == std::vector<int>{getpid()});
  }

  TEST_CASE("CPU time and memory are those of the process") {
    const auto before = read_usage({getpid()});
    REQUIRE(before);
    CHECK(before->rss_kib > 500);
    CHECK(before->peak_kib >= before->rss_kib);
    CHECK(before->threads >= 1);
    // The work is the condition: 50 ms of it, by the thread's own clock.
    timespec used{};
    timespec start{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &start);
    double spent = 0;
    while (spent < 0.05) {
      clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
      spent = static_cast<double>(used.tv_sec - start.tv_sec) +
              static_cast<double>(used.tv_nsec - start.tv_nsec) / 1e9;
    }
    const auto after = read_usage({getpid()});
    REQUIRE(after);
    CHECK(after->cpu_s - before->cpu_s >= 0.05);
    CHECK(after->cpu_s - before->cpu_s < 1);
  }

  TEST_CASE("a process that is not there has none") {
    CHECK_FALSE(read_usage({}));
    CHECK_FALSE(read_usage({0x3FFFFFFF}));
  }
}
