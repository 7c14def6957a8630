#include "tools/wskafka-load/report_hgrm.hpp"
#include "tools/wskafka-load/report_html.hpp"
#include "tools/wskafka-load/report_json.hpp"
#include "tools/wskafka-load/summary.hpp"
#include "tools/wskafka-load/text.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <sstream>
#include <string>

using namespace wskafka::load;

namespace {

result measured() {
  result made;
  made.asked.note = "a <b> & \"c\"";
  made.groups = {"g0"};
  made.book.sent = 100;
  made.book.groups.resize(1);
  made.book.groups[0].delivered = 100;
  for (std::int64_t i = 1; i <= 100; ++i)
    made.seen.response.add(i * 1'000'000);
  made.timeline.resize(2);
  made.timeline[0].p50 = 5'000'000;
  return made;
}

}  // namespace

TEST_SUITE("tools/load/report") {
  TEST_CASE("what was not measured is null, not 0") {
    const nlohmann::json json = to_json(measured());
    CHECK(json["ledger"]["receipted"].is_null());
    CHECK(json["latency_us"]["handshake"].is_null());
    CHECK(json["metrics"]["cpu_us_per_msg"].is_null());
    CHECK(json["timeline"][1]["p50"].is_null());
    CHECK(json["ledger"]["sent"] == 100);
    CHECK(json["latency_us"]["response"]["max"] == 100'000.0);
  }

  TEST_CASE("no report shows a time that what never came may have had") {
    result made = measured();
    made.book.groups[0].lost = 1;
    const nlohmann::json json = to_json(made);
    CHECK(json["latency_us"]["response"]["max"].is_null());
    CHECK(json["latency_us"]["response"]["p99"] == 100'000.0);
    CHECK(json["latency_us"]["response"]["p99.9"].is_null());
    CHECK(json["latency_us"]["response"]["never_came"] == 1);
    const std::string text = summary(made);
    CHECK(text.find("(-: not known, because 1 never came)") !=
          std::string::npos);
    CHECK(text.find("100 ms") < text.find(" -\n"));
  }

  TEST_CASE("receipts are counted where they are asked for") {
    result made = measured();
    CHECK(summary(made).find("receipts not asked") != std::string::npos);
    made.asked.receipts = true;
    made.book.receipted = 98;
    made.book.failed = 1;
    const nlohmann::json json = to_json(made);
    CHECK(json["ledger"]["receipted"] == 98);
    CHECK(json["metrics"]["receipted"] == 98);
    CHECK(json["metrics"]["unanswered"] == 1);
    CHECK(summary(made).find("98 receipted, 1 failed") != std::string::npos);
  }

  TEST_CASE("the JSON is UTF-8 whatever servers said") {
    result made = measured();
    made.problems["closed with \xff"] = 1;
    const nlohmann::json json = nlohmann::json::parse(json_text(made));
    CHECK(json["problems"].contains("closed with \xef\xbf\xbd"));
  }

  TEST_CASE("an excerpt ends between characters") {
    const std::string text = std::string(199, 'x') + "\u00e4\u00e4";
    CHECK(excerpt(text) == std::string(199, 'x'));
    CHECK(excerpt(text.substr(1)) == std::string(198, 'x') + "\u00e4");
    CHECK(excerpt("short") == "short");
  }

  TEST_CASE("the order is null when it was not checked") {
    result made = measured();
    CHECK(to_json(made)["ledger"]["out_of_order"] == 0);
    made.order_not_checked = "not checked: 4 partitions";
    CHECK(to_json(made)["ledger"]["out_of_order"].is_null());
    CHECK(to_json(made)["ledger"]["order"] == "not checked: 4 partitions");
    CHECK(summary(made).find("not checked: 4 partitions") != std::string::npos);
  }

  TEST_CASE("the percentile text rises to the maximum and the whole count") {
    std::istringstream lines(to_hgrm(measured().seen.response));
    std::string line;
    std::getline(lines, line);
    CHECK(line.find("1/(1-Percentile)") != std::string::npos);
    double last_value = 0;
    double last_level = -1;
    std::uint64_t last_count = 0;
    int rows = 0;
    while (std::getline(lines, line) && line[0] != '#') {
      std::istringstream fields(line);
      double value = 0;
      double level = 0;
      std::uint64_t count = 0;
      if (!(fields >> value >> level >> count))
        continue;
      ++rows;
      CHECK(value >= last_value);
      CHECK(level > last_level);
      CHECK(count >= last_count);
      last_value = value;
      last_level = level;
      last_count = count;
    }
    CHECK(rows > 20);
    CHECK(last_value == 100);
    CHECK(last_level == 1);
    CHECK(last_count == 100);
  }

  TEST_CASE("the page needs nothing else and escapes what it shows") {
    const std::string page = to_html(measured());
    CHECK(page.find("<polyline") != std::string::npos);
    CHECK(page.find("a &lt;b&gt; &amp; &quot;c&quot;") != std::string::npos);
    for (const char* outside : {"http://", "https://", "<script", "src="})
      CHECK(page.find(outside) == std::string::npos);
  }

  TEST_CASE("numbers are as people read them") {
    CHECK(with_commas(999) == "999");
    CHECK(with_commas(1'234'567) == "1,234,567");
    CHECK(duration_text(950) == "950 ns");
    CHECK(duration_text(1'234'567) == "1.23 ms");
    CHECK(memory_text(2048) == "2.00 MiB");
  }
}
