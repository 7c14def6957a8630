#include "tools/wskafka/repeat_filter.hpp"

#include <doctest/doctest.h>

#include <string>

using std::chrono::milliseconds;
using std::chrono::seconds;
using wskafka::cli::repeat_filter;

namespace {

constexpr seconds gap{10};

struct filtered {
  std::optional<std::uint64_t> pass(const std::string& line,
                                    milliseconds after = {}) {
    now += after;
    return filter.pass(line, now);
  }

  repeat_filter filter{gap};
  repeat_filter::time_point now;
};

}  // namespace

TEST_SUITE_BEGIN("tools/wskafka/repeat_filter");

TEST_CASE_FIXTURE(filtered, "the first of its kind passes, its likes do not") {
  CHECK(pass("down") == 0);
  CHECK_FALSE(pass("down"));
  CHECK_FALSE(pass("down", gap - milliseconds(1)));
}

TEST_CASE_FIXTURE(filtered, "one passes each gap, and tells of those before") {
  pass("down");
  pass("down");
  pass("down", gap - milliseconds(1));
  CHECK(pass("down", milliseconds(1)) == 2);
  // Counted anew, and from the one that passed.
  CHECK_FALSE(pass("down", gap - milliseconds(1)));
  CHECK(pass("down", milliseconds(1)) == 1);
  CHECK(pass("down", gap) == 0);
}

TEST_CASE_FIXTURE(filtered, "kinds do not hinder each other") {
  pass("down");
  pass("down");
  CHECK(pass("full") == 0);
  CHECK_FALSE(pass("full"));
  CHECK_FALSE(pass("full"));
  CHECK(pass("down", gap) == 1);
  CHECK(pass("full") == 2);
}

TEST_CASE_FIXTURE(filtered, "it remembers 256 kinds, and then begins anew") {
  const auto kind = [](int number) { return std::to_string(number); };
  for (int i = 0; i < 256; ++i)
    CHECK(pass(kind(i)) == 0);
  for (int i = 0; i < 256; ++i)
    CHECK_FALSE(pass(kind(i)));
  CHECK(pass("one more") == 0);
  CHECK_FALSE(pass("one more"));
  // Forgotten, with what was left out.
  CHECK(pass(kind(0), gap) == 0);
}

TEST_SUITE_END();
