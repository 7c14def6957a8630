#include "tools/wskafka-load/payload.hpp"

#include "tools/wskafka-load/setup.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace wskafka::load;

namespace {

std::string written(const mark& one) {
  std::string text(mark_size, ' ');
  write_mark(text.data(), one);
  return text;
}

}  // namespace

TEST_SUITE("tools/load/payload") {
  TEST_CASE("a mark is read as it was written, at its limits too") {
    for (const mark& one : {mark{}, mark{1, 2, 3, 4, 5, 6},
                            mark{~0ULL, most_publishers - 1, most_topics - 1,
                                 ~0U, 0x7FFFFFFFFFFFFFFF, ~0U}}) {
      mark back;
      REQUIRE(read_mark(written(one) + "padding", back));
      CHECK(back.run == one.run);
      CHECK(back.publisher == one.publisher);
      CHECK(back.topic == one.topic);
      CHECK(back.sequence == one.sequence);
      CHECK(back.intended == one.intended);
      CHECK(back.lag_us == one.lag_us);
    }
  }

  TEST_CASE("what is no mark is not taken for one") {
    const std::string good = written({1, 2, 3, 4, 5, 6});
    mark ignored;
    CHECK_FALSE(read_mark("", ignored));
    CHECK_FALSE(read_mark(good.substr(1), ignored));
    for (std::size_t at = 0; at < good.size(); ++at) {
      std::string bad = good;
      bad[at] = 'x';
      CHECK_FALSE(read_mark(bad, ignored));
    }
  }

  TEST_CASE("the seed repeats what fills a value up") {
    CHECK(padding(50, 7) == padding(50, 7));
    CHECK(padding(50, 7) != padding(50, 8));
    CHECK(padding(50, 7).size() == 50);
  }

  TEST_CASE("a run knows its clock") {
    const std::uint64_t run = new_run();
    CHECK(same_clock(run));
    CHECK_FALSE(same_clock(run ^ 1ULL << 40U));
  }

  TEST_CASE("it was sent as much later as its lag") {
    CHECK(mark{0, 0, 0, 0, 1'000'000, 7}.sent() == 1'007'000);
  }
}
