#include "net/inbox.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

using wskafka::net::inbox;

namespace {

/// Owner's side: sleeps until woken, as an actor or an io thread would.
class doorbell {
 public:
  void ring() {
    std::lock_guard<std::mutex> guard(mutex_);
    ++rings_;
    rung_.notify_one();
  }
  void wait() {
    std::unique_lock<std::mutex> guard(mutex_);
    rung_.wait(guard, [this] { return rings_ > seen_; });
    seen_ = rings_;
  }
  int rings() {
    std::lock_guard<std::mutex> guard(mutex_);
    return rings_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable rung_;
  int rings_ = 0;
  int seen_ = 0;
};

}  // namespace

TEST_SUITE("net/inbox") {
  TEST_CASE("many items cost one wake-up until they are taken") {
    int woken = 0;
    inbox<int> box([&] { ++woken; });
    std::vector<int> got{99};
    box.push(1);
    box.push(2);
    std::vector<int> burst{3, 4};
    box.push_all(burst);
    CHECK(woken == 1);
    CHECK(burst.empty());
    box.drain(got);
    CHECK(got == std::vector<int>{1, 2, 3, 4});
    box.push(5);
    CHECK(woken == 2);
    box.drain(got);
    CHECK(got == std::vector<int>{5});
  }

  TEST_CASE("an empty burst wakes nobody") {
    int woken = 0;
    inbox<int> box([&] { ++woken; });
    std::vector<int> burst;
    box.push_all(burst);
    CHECK(woken == 0);
  }

  TEST_CASE("a closed inbox destroys what comes and has let go of its hook") {
    auto held = std::make_shared<int>(0);
    auto item = std::make_shared<int>(0);
    inbox<std::shared_ptr<int>> box([held] { ++*held; });
    box.push(item);
    CHECK(*held == 1);
    box.close();
    CHECK(held.use_count() == 1);
    CHECK(item.use_count() == 1);
    box.push(item);
    std::vector<std::shared_ptr<int>> burst{item};
    box.push_all(burst);
    CHECK(item.use_count() == 1);
    CHECK(*held == 1);
  }

  TEST_CASE("no item is lost or reordered between threads, and none unseen") {
    constexpr int threads = 4;
    constexpr int each = 20'000;
    doorbell bell;
    inbox<std::pair<int, int>> box([&] { bell.ring(); });
    std::vector<std::thread> pushers;
    for (int t = 0; t < threads; ++t) {
      pushers.emplace_back([&box, t] {
        std::vector<std::pair<int, int>> burst;
        for (int i = 0; i < each; ++i) {
          if (i % 3 == 0) {
            box.push({t, i});
          } else {
            burst.push_back({t, i});
            if (i % 3 == 2 || i == each - 1)
              box.push_all(burst);
          }
        }
      });
    }
    std::vector<int> next(threads, 0);
    bool in_order = true;
    int taken = 0;
    std::vector<std::pair<int, int>> got;
    while (taken < threads * each) {
      bell.wait();  // a lost wake-up ends in the test's time-out
      box.drain(got);
      for (const auto& [t, i] : got)
        in_order = in_order && next[static_cast<std::size_t>(t)]++ == i;
      taken += static_cast<int>(got.size());
    }
    for (auto& p : pushers)
      p.join();
    CHECK(in_order);
    CHECK(taken == threads * each);
    MESSAGE("items per wake-up: " << taken / bell.rings());
  }

  TEST_CASE("the hook does not run once close has returned") {
    for (int round = 0; round < 200; ++round) {
      auto alive = std::make_unique<std::atomic<int>>(0);
      inbox<int> box([p = alive.get()] { ++*p; });
      std::atomic<bool> go{false};
      std::vector<std::thread> pushers;
      for (int t = 0; t < 2; ++t) {
        pushers.emplace_back([&] {
          while (!go.load())
            std::this_thread::yield();
          std::vector<int> got;
          for (int i = 0; i < 20; ++i) {
            box.push(i);
            box.drain(got);
          }
        });
      }
      go = true;
      box.close();
      alive.reset();  // a hook that still ran would be seen by a sanitizer
      for (auto& p : pushers)
        p.join();
    }
  }
}
