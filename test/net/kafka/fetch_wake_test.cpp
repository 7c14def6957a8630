#include "net/kafka/fetch_wake.hpp"

#include <doctest/doctest.h>

using wskafka::kafka::consumer_shape;
using wskafka::kafka::fetch_room;

namespace {

constexpr consumer_shape shape{2, 100, 1024, 10};

}  // namespace

TEST_SUITE("net/kafka/fetch_wake") {
  TEST_CASE("a queue through which little goes was never full") {
    fetch_room room(shape);
    for (int i = 0; i < 10; ++i)
      CHECK_FALSE(room.polled(49, 1023, true));
  }

  TEST_CASE("half of a bound without a pause may have been a full queue") {
    SUBCASE("in one poll, by records") {
      fetch_room room(shape);
      CHECK(room.polled(50, 1, true));
    }
    SUBCASE("in one poll, by bytes") {
      fetch_room room(shape);
      CHECK(room.polled(1, 1024, true));
    }
    SUBCASE("in several polls, and again until it is empty") {
      fetch_room room(shape);
      CHECK_FALSE(room.polled(30, 1, false));
      CHECK(room.polled(30, 1, false));
      CHECK(room.polled(1, 1, false));
      CHECK(room.polled(1, 1, true));
      CHECK_FALSE(room.polled(1, 1, true));
    }
  }
}
