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
    CHECK(pace.turn_ended(now, 1) == now);
    now += turn_pace::small_turn;
  }
}

TEST_CASE("small turns keep their distance") {
  turn_pace pace;
  const time_point start{std::chrono::hours(1)};
  pace.turn_ended(start, 1);
  time_point end = pace.turn_ended(start + microseconds(10), 5);
  CHECK(end == start + turn_pace::small_turn);
  // The rest may have been longer than asked for.
  end = pace.turn_ended(end + microseconds(60), 5);
  CHECK(end == start + 2 * turn_pace::small_turn);
}

TEST_CASE("a full turn is not followed by a rest") {
  turn_pace pace;
  const time_point start{std::chrono::hours(1)};
  pace.turn_ended(start, 1);
  const time_point soon = start + microseconds(10);
  CHECK(pace.turn_ended(soon, turn_pace::full_turn) == soon);
}
