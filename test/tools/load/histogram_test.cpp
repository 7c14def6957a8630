#include "tools/wskafka-load/histogram.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

using namespace wskafka::load;

namespace {

/// The value that `percent` of the sorted values do not exceed.
std::int64_t exact(const std::vector<std::int64_t>& sorted, double percent) {
  const double rank =
      std::ceil(percent / 100 * static_cast<double>(sorted.size()) - 1e-6);
  return sorted[static_cast<std::size_t>(std::max(rank, 1.0)) - 1];
}

}  // namespace

TEST_SUITE("tools/load/histogram") {
  TEST_CASE("percentiles are within a bin of the exact ones, never below") {
    std::mt19937_64 random(5);
    std::lognormal_distribution<double> times(14.5, 1.2);  // around 2 ms
    histogram one;
    histogram half;
    std::vector<std::int64_t> values;
    for (int i = 0; i < 200'000; ++i) {
      const auto ns = std::llround(times(random));
      values.push_back(ns);
      (i % 2 == 0 ? one : half).add(ns);
    }
    one.merge(half);
    std::sort(values.begin(), values.end());
    REQUIRE(one.count() == values.size());
    for (const double percent :
         {0.0, 1.0, 50.0, 90.0, 99.0, 99.9, 99.99, 99.999, 100.0}) {
      const auto right = static_cast<double>(exact(values, percent));
      const auto found = static_cast<double>(one.percentile(percent));
      CAPTURE(percent);
      CHECK(found >= right);
      CHECK(found <= right * 1.0078);
    }
    CHECK(one.min() == values.front());
    CHECK(one.max() == values.back());
    double sum = 0;
    for (const std::int64_t ns : values)
      sum += static_cast<double>(ns);
    CHECK(one.mean() ==
          doctest::Approx(sum / static_cast<double>(values.size())));
  }

  TEST_CASE("one value is all percentiles") {
    histogram one;
    one.add(1'234'567, 3);
    for (const double percent : {0.0, 50.0, 99.99, 100.0})
      CHECK(one.percentile(percent) == 1'234'567);
    CHECK(one.count() == 3);
    CHECK(one.deviation() == doctest::Approx(0).epsilon(1));
  }

  TEST_CASE("99.9 % of a thousand is the 999th") {
    histogram one;
    one.add(1'000'000, 999);
    one.add(1'000'000'000);
    CHECK(one.percentile(99.9) < 1'008'000);
    CHECK(one.percentile(99.91) == 1'000'000'000);
  }

  TEST_CASE("times off the scale are kept at its ends") {
    histogram one;
    one.add(-5);
    one.add(10);
    one.add(200'000'000'000);
    CHECK(one.count() == 3);
    CHECK(one.min() == 0);
    CHECK(one.percentile(100) == 200'000'000'000);
    CHECK(one.percentile(50) <= 1000);
  }

  TEST_CASE("nothing counted is zero, and merging nothing changes nothing") {
    histogram one;
    CHECK(one.percentile(99) == 0);
    CHECK(one.mean() == 0);
    histogram other;
    other.add(5000);
    other.merge(one);
    CHECK(other.min() == 5000);
    CHECK(other.count() == 1);
  }
}
