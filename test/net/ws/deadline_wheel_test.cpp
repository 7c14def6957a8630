#include "net/ws/deadline_wheel.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <random>
#include <vector>

using namespace wskafka::ws;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

const clock::time_point start = clock::time_point(seconds(1000));

std::vector<deadline*> due_at(deadline_wheel& wheel, clock::time_point now) {
  std::vector<deadline*> due;
  wheel.advance(now, [&](deadline& d) { due.push_back(&d); });
  return due;
}

}  // namespace

TEST_SUITE("net/ws/deadline_wheel") {
  TEST_CASE("a deadline comes at its time, at most a tick late") {
    deadline_wheel wheel(start);
    deadline d;
    const auto when = start + milliseconds(110);
    const auto promised = wheel.hasten(d, when);
    CHECK(promised >= when);
    CHECK(promised <= when + deadline_wheel::tick);
    CHECK(*wheel.next() == promised);
    CHECK(due_at(wheel, when - milliseconds(1)).empty());
    CHECK(due_at(wheel, promised) == std::vector<deadline*>{&d});
    CHECK(due_at(wheel, promised + seconds(100)).empty());
    CHECK_FALSE(wheel.next());
  }

  TEST_CASE("on the tick it is not late") {
    deadline_wheel wheel(start);
    deadline d;
    CHECK(wheel.hasten(d, start + 4 * deadline_wheel::tick) ==
          start + 4 * deadline_wheel::tick);
  }

  TEST_CASE("it can be moved forward only") {
    deadline_wheel wheel(start);
    deadline d;
    wheel.hasten(d, start + seconds(10));
    wheel.hasten(d, start + seconds(20));
    CHECK(due_at(wheel, start + seconds(9)).empty());
    wheel.hasten(d, start + milliseconds(9500));
    CHECK(due_at(wheel, start + milliseconds(9500)).size() == 1);
  }

  TEST_CASE("one in the past comes with the next tick") {
    deadline_wheel wheel(start);
    due_at(wheel, start + seconds(5));
    deadline d;
    wheel.hasten(d, start);
    CHECK(due_at(wheel, start + seconds(5)).empty());
    CHECK(due_at(wheel, start + seconds(5) + deadline_wheel::tick).size() == 1);
  }

  TEST_CASE("one beyond the horizon comes at the horizon") {
    deadline_wheel wheel(start);
    deadline d;
    const auto horizon = deadline_wheel::tick * deadline_wheel::slots;
    const auto promised = wheel.hasten(d, start + seconds(3600));
    CHECK(promised < start + horizon);
    CHECK(due_at(wheel, start + horizon).size() == 1);
  }

  TEST_CASE("after a long sleep each comes once") {
    deadline_wheel wheel(start);
    deadline a;
    deadline b;
    wheel.hasten(a, start + seconds(1));
    wheel.hasten(b, start + seconds(40));
    CHECK(due_at(wheel, start + seconds(100'000)).size() == 2);
    CHECK(due_at(wheel, start + seconds(200'000)).empty());
  }

  TEST_CASE("one that dies is taken out, from any place") {
    deadline_wheel wheel(start);
    auto a = std::make_unique<deadline>();
    auto b = std::make_unique<deadline>();
    auto c = std::make_unique<deadline>();
    for (auto* d : {a.get(), b.get(), c.get()})
      wheel.hasten(*d, start + seconds(1));
    b.reset();
    c.reset();
    CHECK(due_at(wheel, start + seconds(2)) == std::vector<deadline*>{a.get()});
  }

  TEST_CASE("what comes may set itself again and end others") {
    deadline_wheel wheel(start);
    deadline a;
    auto b = std::make_unique<deadline>();
    wheel.hasten(a, start + seconds(1));
    wheel.hasten(*b, start + seconds(1));
    int calls = 0;
    wheel.advance(start + seconds(3), [&](deadline& d) {
      ++calls;
      if (&d == b.get())
        return;
      b.reset();
      if (calls < 3)
        wheel.hasten(d, start + seconds(2));
    });
    CHECK(calls == 3);
  }

  TEST_CASE("a thousand deadlines all come in time") {
    deadline_wheel wheel(start);
    std::mt19937 random(7);
    struct timed : deadline {
      clock::time_point when;
      bool came = false;
    };
    std::vector<timed> all(1000);
    for (timed& d : all) {
      d.when = start + milliseconds(random() % 40'000);
      wheel.hasten(d, d.when);
    }
    bool in_time = true;
    for (auto now = start; now < start + seconds(41); now += milliseconds(7)) {
      wheel.advance(now, [&](deadline& d) {
        auto& t = static_cast<timed&>(d);
        t.came = true;
        in_time = in_time && t.when <= now &&
                  now < t.when + deadline_wheel::tick + milliseconds(7);
      });
    }
    CHECK(in_time);
    for (const timed& d : all)
      CHECK(d.came);
  }
}
