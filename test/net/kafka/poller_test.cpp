#include "net/kafka/poller.hpp"

#include "test/net/kafka/edge_fixture.hpp"

#include <doctest/doctest.h>

#include <thread>
#include <vector>

using namespace wskafka::kafka;
using clock_type = poller::clock;

namespace {

/// Wants so many turns, and tells of each.
class turning : public pollable {
 public:
  explicit turning(int wanted) : left_(wanted) {}
  bool turn() override {
    const bool more = --left_ > 0;
    turns.add(left_);
    return more;
  }
  test::arrivals<int> turns;

 private:
  int left_;
};

/// Two arrivals, so that the next one waits.
void rush(poller& by) {
  const auto one = std::make_shared<turning>(1);
  for (int i = 0; i < 2; ++i) {
    by.mark_arrival(one);
    one->turns.take();
  }
}

class ticking : public timed {
 public:
  clock_type::time_point tick(clock_type::time_point now) override {
    ticks.add(now);
    return now + std::chrono::milliseconds(1);
  }
  test::arrivals<clock_type::time_point> ticks;
};

}  // namespace

TEST_SUITE("net/kafka/poller") {
  TEST_CASE("commands of one thread run in order") {
    poller by;
    test::arrivals<int> ran;
    for (int i = 0; i < 1000; ++i)
      by.post([&ran, i] { ran.add(i); });
    for (int i = 0; i < 1000; ++i)
      REQUIRE(ran.take() == i);
  }

  TEST_CASE("who wants more gets another turn") {
    poller by;
    const auto one = std::make_shared<turning>(3);
    by.mark(one);
    CHECK(one->turns.take() == 2);
    CHECK(one->turns.take() == 1);
    CHECK(one->turns.take() == 0);
  }

  TEST_CASE("no mark is lost, from however many threads they come") {
    poller by;
    // Counts what it was told, and is marked once for each telling.
    class counter : public pollable {
     public:
      bool turn() override {
        seen += told.exchange(0);
        return false;
      }
      std::atomic<int> told{0};
      std::atomic<int> seen{0};
    };
    const auto one = std::make_shared<counter>();
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
      threads.emplace_back([&] {
        for (int i = 0; i < 10'000; ++i) {
          ++one->told;
          by.mark(one);
        }
      });
    for (std::thread& thread : threads)
      thread.join();
    test::eventually([&] { return one->seen == 40'000; });
  }

  TEST_CASE("what comes during the turn makes another one") {
    poller by(std::chrono::hours(1));
    class marked_meanwhile
        : public pollable,
          public std::enable_shared_from_this<marked_meanwhile> {
     public:
      marked_meanwhile(poller& one, bool arrival)
          : by_(one), arrival_(arrival) {}
      bool turn() override {
        if (turns.size() == 0)
          arrival_ ? by_.mark_arrival(shared_from_this())
                   : by_.mark(shared_from_this());
        turns.add(1);
        return false;
      }
      test::arrivals<int> turns;

     private:
      poller& by_;
      const bool arrival_;
    };
    bool arrival = false;
    SUBCASE("a mark") {}
    SUBCASE("an arrival, before there is a rush") {
      arrival = true;
    }
    const auto one = std::make_shared<marked_meanwhile>(by, arrival);
    by.mark(one);
    test::eventually([&] { return one->turns.size() == 2; });
  }

  TEST_CASE("the first arrival is looked at without a wait") {
    poller by(std::chrono::hours(1));
    const auto one = std::make_shared<turning>(1);
    by.mark_arrival(one);
    one->turns.take();
  }

  TEST_CASE("what arrives soon after is gathered, until somebody is marked") {
    poller by(std::chrono::hours(1));
    const auto one = std::make_shared<turning>(1);
    const auto two = std::make_shared<turning>(1);
    rush(by);
    // Time enough for a thread that was woken.
    for (int i = 0; i < 100'000; ++i)
      by.mark_arrival(two);
    by.mark(one);
    one->turns.take();
    CHECK(two->turns.size() == 1);
  }

  TEST_CASE("marks alone are no rush") {
    poller by(std::chrono::hours(1));
    const auto one = std::make_shared<turning>(1);
    for (int i = 0; i < 3; ++i) {
      by.mark(one);
      one->turns.take();
    }
    by.mark_arrival(one);
    one->turns.take();
  }

  TEST_CASE("in a rush, too, who wants more gets another turn") {
    poller by(std::chrono::hours(1));
    rush(by);
    class arriving : public pollable,
                     public std::enable_shared_from_this<arriving> {
     public:
      explicit arriving(poller& one) : by_(one) {}
      bool turn() override {
        by_.mark_arrival(shared_from_this());
        turns.add(1);
        return turns.size() < 2;
      }
      test::arrivals<int> turns;

     private:
      poller& by_;
    };
    const auto one = std::make_shared<arriving>(by);
    by.mark_arrival(one);
    by.mark(std::make_shared<turning>(1));
    test::eventually([&] { return one->turns.size() == 2; });
  }

  TEST_CASE("what is gathered is looked at when its time has come") {
    poller by(std::chrono::milliseconds(1));
    const auto one = std::make_shared<turning>(1);
    for (int i = 0; i < 1000; ++i) {
      by.mark_arrival(one);
      one->turns.take();
    }
  }

  TEST_CASE("what ticks goes on ticking until it is removed") {
    poller by;
    const auto one = std::make_shared<ticking>();
    by.post([&] { by.add(one); });
    one->ticks.take();
    one->ticks.take();
    test::arrivals<int> removed;
    by.post([&] {
      by.remove(one.get());
      removed.add(1);
    });
    removed.take();
    const auto before = one->ticks.size();
    by.post([&] { removed.add(2); });
    removed.take();
    CHECK(one->ticks.size() == before);
  }

  TEST_CASE("stop carries out what was posted before") {
    poller by;
    std::atomic<int> ran{0};
    for (int i = 0; i < 100; ++i)
      by.post([&] { ++ran; });
    by.stop();
    CHECK(ran == 100);
    by.post([&] { ++ran; });
    CHECK(ran == 100);
  }
}
