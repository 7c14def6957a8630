#include "tools/wskafka-load/schedule.hpp"

#include <doctest/doctest.h>

#include <cstdlib>

using namespace wskafka::load;

TEST_SUITE("tools/load/schedule") {
  TEST_CASE("even bursts do not drift") {
    // A third of a millisecond is no whole number of ns.
    schedule plan(1000, 3000, arrivals::even, 0);
    CHECK(plan.next() == 1000);
    plan.advance();
    CHECK(plan.next() == 1000 + 333'333);
    for (int i = 1; i < 3'000'000; ++i)
      plan.advance();
    CHECK(plan.next() == 1000 + 1'000'000'000'000);
  }

  TEST_CASE("random gaps keep the rate, and the seed repeats them") {
    schedule one(0, 1000, arrivals::poisson, 7);
    schedule same(0, 1000, arrivals::poisson, 7);
    schedule other(0, 1000, arrivals::poisson, 8);
    bool differs = false;
    bool uneven = false;
    for (int i = 0; i < 100'000; ++i) {
      const std::int64_t before = one.next();
      one.advance();
      same.advance();
      other.advance();
      CHECK(one.next() >= before);
      uneven = uneven || std::abs(one.next() - before - 1'000'000) > 500'000;
      REQUIRE(one.next() == same.next());
      differs = differs || one.next() != other.next();
    }
    CHECK(differs);
    CHECK(uneven);
    CHECK(static_cast<double>(one.next()) ==
          doctest::Approx(100e9).epsilon(0.02));
  }
}
