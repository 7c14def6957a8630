#include "net/kafka/worker_pool.hpp"

#include "test/net/kafka/edge_fixture.hpp"

#include <doctest/doctest.h>

#include <future>
#include <thread>
#include <vector>

using namespace wskafka::kafka;
using std::chrono::milliseconds;
using clock_type = worker_pool::clock;

TEST_SUITE("net/kafka/worker_pool") {
  TEST_CASE("tasks run in the order given") {
    worker_pool pool(1);
    test::arrivals<int> ran;
    for (int i = 0; i < 100; ++i)
      pool.run([&ran, i] { ran.add(i); });
    for (int i = 0; i < 100; ++i)
      CHECK(ran.take() == i);
  }

  TEST_CASE("timers run by time, also while every worker is in a call") {
    worker_pool pool(1);
    std::promise<void> release;
    pool.run([held = release.get_future().share()] { held.wait(); });
    test::arrivals<int> ran;
    const auto now = clock_type::now();
    pool.run_at(now + milliseconds(20), [&] { ran.add(2); });
    pool.run_at(now + milliseconds(10), [&] { ran.add(1); });
    CHECK(ran.take() == 1);
    CHECK(ran.take() == 2);
    release.set_value();
  }

  TEST_CASE("a cancelled timer does not run") {
    worker_pool pool(1);
    test::arrivals<int> ran;
    const auto now = clock_type::now();
    const auto first = pool.run_at(now + milliseconds(10), [&] { ran.add(1); });
    pool.cancel(first);
    pool.run_at(now + milliseconds(20), [&] { ran.add(2); });
    CHECK(ran.take() == 2);
  }

  TEST_CASE("stop leaves behind a worker that waits, and drops what it had") {
    auto release = std::make_shared<std::promise<void>>();
    auto left = std::make_shared<std::promise<void>>();
    auto queued = std::make_shared<int>(0);
    std::weak_ptr<int> dropped = queued;
    {
      worker_pool pool(1);
      std::promise<void> begun;
      pool.run([&begun, left, held = release->get_future().share()] {
        begun.set_value();
        held.wait();
        left->set_value();
      });
      begun.get_future().wait();
      pool.run([queued = std::move(queued)] { ++*queued; });
      CHECK(!pool.stop(clock_type::now() + milliseconds(20)));
      CHECK(dropped.expired());
    }
    release->set_value();
    left->get_future().wait();
  }

  TEST_CASE("stop waits for what ends in time") {
    worker_pool pool(2);
    test::arrivals<int> ran;
    pool.run([&] { ran.add(1); });
    CHECK(ran.take() == 1);
    CHECK(pool.stop(clock_type::now() + std::chrono::seconds(30)));
    pool.run([&] { ran.add(2); });
    pool.run_at(clock_type::now(), [&] { ran.add(3); });
    CHECK(ran.size() == 0);
  }
}
