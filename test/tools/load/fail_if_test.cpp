#include "tools/wskafka-load/fail_if.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace wskafka::load;

namespace {

threshold read(const std::string& text) {
  threshold made;
  const std::string error = read_threshold(text, made);
  CAPTURE(text);
  CHECK(error == "");
  return made;
}

bool fails(const std::string& text, double value) {
  const threshold by = read(text);
  return judge(by, {{by.metric, unit::count, value}}).failed;
}

bool fails(const std::string& text, const result& of) {
  return judge(read(text), metrics(of)).failed;
}

}  // namespace

TEST_SUITE("tools/load/fail_if") {
  TEST_CASE("times are read with their unit") {
    CHECK(read("p99>50ms").limit == 50'000);
    CHECK(read("p99.99 >= 1.5 s").limit == 1'500'000);
    CHECK(read("max>800us").limit == 800);
    CHECK(read("mean>500ns").limit == 0.5);
    CHECK(read("service_p50>1ms").metric == "service_p50");
  }

  TEST_CASE("all comparisons compare") {
    CHECK(fails("lost>0", 1));
    CHECK_FALSE(fails("lost>0", 0));
    CHECK(fails("lost>=1", 1));
    CHECK(fails("rate<100", 99));
    CHECK_FALSE(fails("rate<100", 100));
    CHECK(fails("rate<=100/s", 100));
    CHECK(fails("delivered==5", 5));
    CHECK(fails("delivered!=5", 4));
    CHECK_FALSE(fails("delivered!=5", 5));
  }

  TEST_CASE("what never came is in no percentile that it may have reached") {
    result of;
    of.asked.what = command::roundtrip;
    of.seen.response.add(1'000'000, 980);
    of.book.groups.resize(2);
    CHECK_FALSE(fails("p99>50ms", of));
    CHECK_FALSE(fails("max>50ms", of));
    of.book.groups[1].lost = 8;
    CHECK_FALSE(fails("p99>50ms", of));
    CHECK(fails("p99.9>50ms", of));
    CHECK(fails("max>50ms", of));
    // One for each group.
    of.unsent = 1;
    CHECK(fails("p99>50ms", of));
    CHECK_FALSE(fails("p90>50ms", of));
  }

  TEST_CASE("what was refused, or missing to an observer, never came either") {
    result of;
    of.asked.what = command::roundtrip;
    of.seen.response.add(1'000'000, 98);
    of.book.groups.resize(1);
    SUBCASE("refused") {
      of.book.failed = 2;
    }
    SUBCASE("a hole") {
      of.asked.what = command::subscribe;
      of.book.groups[0].holes = 2;
      CHECK(fails("holes>0", of));
    }
    SUBCASE("without a receipt") {
      of.asked.what = command::publish;
      of.asked.receipts = true;
      of.book.sent = 100;
      of.book.receipted = 98;
    }
    CHECK_FALSE(fails("p90>50ms", of));
    CHECK(fails("p99>50ms", of));
    CHECK(fails("mean>50ms", of));
  }

  TEST_CASE("a percentile is of all, those too that never came") {
    histogram half;
    for (std::int64_t i = 1; i <= 500; ++i)
      half.add(i * 1'000'000);
    const timing all{half, 500};
    // The 40th of a hundred is the 80th of the fifty that came.
    CHECK(*all.percentile(40) == half.percentile(80));
    CHECK(*all.percentile(50) == half.max());
    CHECK_FALSE(all.percentile(51));
    CHECK_FALSE(all.max());
    CHECK_FALSE(all.mean());
    const timing none{half};
    CHECK(*none.percentile(99) == half.percentile(99));
    CHECK(*none.max() == half.max());
    CHECK(*none.mean() == half.mean());
  }

  TEST_CASE("what a run can never know is told before it") {
    options asked;
    asked.what = command::publish;
    CHECK_FALSE(can_know(asked, "p99"));
    CHECK_FALSE(can_know(asked, "lost"));
    CHECK(can_know(asked, "sent_late_p99"));
    CHECK(can_know(asked, "failed"));
    CHECK(can_know(asked, "rate"));
    asked.receipts = true;
    CHECK(can_know(asked, "p99"));
    CHECK(can_know(asked, "unanswered"));
    asked.what = command::subscribe;
    CHECK_FALSE(can_know(asked, "lost"));
    CHECK(can_know(asked, "holes"));
    CHECK(can_know(asked, "out_of_order"));
  }

  TEST_CASE("what was not measured has failed") {
    const verdict found =
        judge(read("out_of_order>0"), {{"out_of_order", unit::count, {}}});
    CHECK(found.failed);
    CHECK(found.text.find("not measured") != std::string::npos);
  }

  TEST_CASE("mistakes are told") {
    threshold ignored;
    for (const char* text :
         {"", "p99", "p98>1ms", "p99>50", "p99>ms", "lost>", "lost>1ms",
          "p99=5ms", "p99>5 minutes", ">5", "lost>nan", "p99>infms"})
      CHECK_FALSE(read_threshold(text, ignored).empty());
    CHECK(read_threshold("server_rss>1MiB", ignored).find("KiB") !=
          std::string::npos);
    CHECK(read_threshold("p98>1ms", ignored).find("p99.9") !=
          std::string::npos);
  }
}
