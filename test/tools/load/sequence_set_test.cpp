#include "tools/wskafka-load/sequence_set.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <numeric>
#include <random>
#include <set>
#include <vector>

using namespace wskafka::load;
using outcome = sequence_set::outcome;

TEST_SUITE("tools/load/sequence_set") {
  TEST_CASE("it agrees with a set, in any order and with repeats") {
    std::mt19937 random(3);
    for (int round = 0; round < 20; ++round) {
      std::vector<std::uint64_t> numbers(5000);
      std::iota(numbers.begin(), numbers.end(), 0);
      // Neighbours change places, as when partitions overtake each other.
      for (std::size_t i = 0; i + 200 < numbers.size(); i += 7)
        std::swap(numbers[i], numbers[i + random() % 200]);
      sequence_set set;
      std::set<std::uint64_t> model;
      for (const std::uint64_t number : numbers) {
        if (number > 1000 && number % 97 == 0)
          continue;
        const bool fresh = model.insert(number).second;
        REQUIRE((set.insert(number) == outcome::fresh) == fresh);
        if (number % 5 == 0)
          REQUIRE(set.insert(number) == outcome::repeated);
      }
      CHECK(set.count() == model.size());
      CHECK(set.end() == *model.rbegin() + 1);
      for (std::uint64_t number = 0; number < 5100; ++number)
        REQUIRE(set.contains(number) == (model.count(number) > 0));
      std::set<std::uint64_t> visited;
      set.for_each([&](std::uint64_t number) { visited.insert(number); });
      CHECK(visited == model);
    }
  }

  TEST_CASE("what it cannot keep it says") {
    sequence_set set;
    constexpr std::uint64_t gap = 4096;
    constexpr std::uint64_t most = 1U << 17U;
    for (std::uint64_t i = 0; i < most; ++i)
      REQUIRE(set.insert(i * gap + 1) == outcome::fresh);
    CHECK(set.insert(most * gap) == outcome::untracked);
    CHECK(set.insert(5) == outcome::fresh);
    CHECK(set.count() == most + 1);
  }

  TEST_CASE("a hole hides nothing of what comes later") {
    sequence_set set;
    constexpr std::uint64_t from = 1'000'000;
    constexpr std::uint64_t to = 80'000'000;
    for (std::uint64_t at = from; at < to; ++at)
      if (set.insert(at) != outcome::fresh)
        FAIL(at);
    CHECK(set.count() == to - from);
    CHECK(set.insert(from) == outcome::repeated);
    CHECK(set.insert(to - 1) == outcome::repeated);
    CHECK(set.contains(from + 12'345'678));
    CHECK_FALSE(set.contains(from - 1));
    CHECK(set.insert(0) == outcome::fresh);
  }
}
