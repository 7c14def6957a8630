#include "net/ws/turn_pace.hpp"

#include <doctest/doctest.h>

using wskafka::ws::turn_pace;
using time_point = wskafka::ws::clock::time_point;
using std::chrono::microseconds;

TEST_SUITE_BEGIN("net/ws/turn_pace");

TEST_CASE("lone turns go on at once") {
  turn_pace pace;
  time_point now{std::chrono::hours(1)};
  for (int i = 0; i < 3; ++i) {
    CHECK(pace.turn_ended(now, 1, true) == now);
    now += turn_pace::small_turn;
  }
}

TEST_CASE("small turns keep their distance") {
  turn_pace pace;
  bool lively = false;
  microseconds distance{};
  SUBCASE("on a lively shard") {
    lively = true;
    distance = turn_pace::small_turn;
  }
  SUBCASE("a longer one where all only publish") {
    lively = false;
    distance = turn_pace::quiet_turn;
  }
  const time_point start{std::chrono::hours(1)};
  pace.turn_ended(start, 1, lively);
  time_point end = pace.turn_ended(start + microseconds(10), 5, lively);
  CHECK(end == start + distance);
  // The rest may have been longer than asked for.
  end = pace.turn_ended(end + microseconds(60), 5, lively);
  CHECK(end == start + 2 * distance);
}

TEST_CASE("a full turn is not followed by a rest") {
  turn_pace pace;
  const time_point start{std::chrono::hours(1)};
  pace.turn_ended(start, 1, false);
  const time_point soon = start + microseconds(10);
  CHECK(pace.turn_ended(soon, turn_pace::full_turn, false) == soon);
}

TEST_SUITE_END();
