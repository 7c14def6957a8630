#include "tools/wskafka-load/judge.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

using namespace wskafka::load;

namespace {

bool warns(result of, const std::string& about) {
  judge(of);
  return std::any_of(of.warnings.begin(), of.warnings.end(),
                     [&](const std::string& text) {
                       return text.find(about) != std::string::npos;
                     });
}

result of_threads(const std::vector<double>& busy) {
  result made;
  made.asked.what = command::publish;
  made.own.busy = busy;
  return made;
}

result of_subscriber(std::uint64_t delivered) {
  result made;
  made.asked.what = command::subscribe;
  made.seen.delivered = delivered;
  return made;
}

}  // namespace

TEST_SUITE("tools/load/judge") {
  TEST_CASE("a generator that used 85 % of a core was the limit") {
    CHECK(warns(of_threads({0.1, 0.85}), "one of its 2 threads used 85 %"));
    // It is a thread that is the limit, however many others rest.
    CHECK_FALSE(warns(of_threads({0.84, 0.84}), "the generator"));
    CHECK_FALSE(warns(of_threads({}), "the generator"));
  }

  TEST_CASE("a subscriber that got nothing says so") {
    CHECK(warns(of_subscriber(0), "no record came"));
    CHECK_FALSE(warns(of_subscriber(1), "no record came"));
  }

  TEST_CASE("what came at one time has no rate") {
    result made = of_subscriber(5);
    made.asked.count = 5;
    made.seen.first_delivery = made.seen.last_delivery = 7;
    judge(made);
    CHECK_FALSE(made.delivered_rate);
    made.seen.last_delivery = 7 + 500'000'000;
    judge(made);
    CHECK(made.delivered_rate == 10);
  }

  TEST_CASE("rates are of what was measured, not of the warm-up") {
    result made;
    made.asked.what = command::roundtrip;
    made.measured_s = 2;
    made.seen.sent = 900;
    made.seen.sent_measured = 500;
    made.seen.delivered_measured = 400;
    judge(made);
    CHECK(made.sent_rate == 250);
    CHECK(made.delivered_rate == 200);
  }
}
