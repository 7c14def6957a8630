#include "net/ws/turn_pace.hpp"

#include <doctest/doctest.h>

using wskafka::ws::turn_pace;
using time_point = wskafka::ws::clock::time_point;
using std::chrono::microseconds;

TEST_SUITE_BEGIN("net/ws/turn_pace");

namespace {

/// The end of the rest after a turn in which clients sent frames.
time_point turn(turn_pace& pace, time_point now, std::size_t frames = 1) {
  pace.received();
  return pace.turn_ended(now, frames);
}

}  // namespace

TEST_CASE("lone turns go on at once") {
  turn_pace pace;
  time_point now{std::chrono::hours(1)};
  for (int i = 0; i < 3; ++i) {
    CHECK(turn(pace, now) == now);
    now += turn_pace::quiet_turn;
  }
}

TEST_CASE("small turns keep their distance") {
  turn_pace pace;
  microseconds distance = turn_pace::quiet_turn;
  SUBCASE("a long one where all only publish") {}
  SUBCASE("a shorter one where somebody was sent something") {
    pace.sent();
    distance = turn_pace::small_turn;
  }
  SUBCASE("or came, went, or read") {
    pace.moved();
    distance = turn_pace::small_turn;
  }
  const time_point start{std::chrono::hours(1)};
  turn(pace, start);
  time_point end = turn(pace, start + microseconds(10), 5);
  CHECK(end == start + distance);
  // The rest may have been longer than asked for.
  end = turn(pace, end + microseconds(60), 5);
  CHECK(end == start + 2 * distance);
}

TEST_CASE("a shard is lively for as long as answers may come") {
  turn_pace pace;
  const time_point start{std::chrono::hours(1)};
  pace.sent();
  turn(pace, start);
  const time_point last = start + turn_pace::answers_come - microseconds(1);
  turn(pace, last - microseconds(10));
  CHECK(turn(pace, last) == last - microseconds(10) + turn_pace::small_turn);
  const time_point later = last + 2 * turn_pace::quiet_turn;
  CHECK(turn(pace, later) == later);
  CHECK(turn(pace, later + microseconds(10)) == later + turn_pace::quiet_turn);
}

TEST_CASE("no rest for what we have written ourselves") {
  turn_pace pace;
  const time_point start{std::chrono::hours(1)};
  turn(pace, start);
  const time_point written = start + microseconds(10);
  pace.sent();
  CHECK(pace.turn_ended(written, 1) == written);
  // And the answer is no second turn.
  const time_point answered = start + turn_pace::small_turn;
  CHECK(turn(pace, answered) == answered);
}

TEST_CASE("who only reads makes turns, too") {
  turn_pace pace;
  const time_point start{std::chrono::hours(1)};
  pace.moved();
  pace.turn_ended(start, 1);
  pace.moved();
  CHECK(pace.turn_ended(start + microseconds(10), 1) ==
        start + turn_pace::small_turn);
}

TEST_CASE("a full turn is not followed by a rest") {
  turn_pace pace;
  const time_point start{std::chrono::hours(1)};
  turn(pace, start);
  const time_point soon = start + microseconds(10);
  CHECK(turn(pace, soon, turn_pace::full_turn) == soon);
}

TEST_SUITE_END();
