#include "tools/wskafka-load/compare.hpp"

#include "tools/wskafka-load/report_json.hpp"

#include <doctest/doctest.h>

#include <cstdio>
#include <fstream>
#include <string>
#include <unistd.h>

using namespace wskafka::load;

namespace {

/// A file that goes with it.
class temporary_file {
 public:
  temporary_file(const std::string& name, const std::string& text)
      : name_("load_test_" + std::to_string(getpid()) + "_" + name) {
    std::ofstream(name_) << text;
  }
  ~temporary_file() { std::remove(name_.c_str()); }
  temporary_file(const temporary_file&) = delete;
  temporary_file& operator=(const temporary_file&) = delete;
  const std::string& name() const { return name_; }

 private:
  const std::string name_;
};

std::string run_with(double rate, std::int64_t ns) {
  result made;
  made.asked.rate = rate;
  made.seen.response.add(ns);
  return to_json(made).dump();
}

}  // namespace

TEST_SUITE("tools/load/compare") {
  TEST_CASE("ratios, and what else differs") {
    const temporary_file a("a.json", run_with(1000, 2'000'000));
    const temporary_file b("b.json", run_with(2000, 3'000'000));
    std::string text;
    REQUIRE(compare(a.name(), b.name(), text));
    CHECK(text.find("rate: 1000.0 | 2000.0") != std::string::npos);
    const auto p99 = text.find("\np99 ");
    REQUIRE(p99 != std::string::npos);
    const std::string line = text.substr(p99, text.find('\n', p99 + 1) - p99);
    CHECK(line.find("2.00 ms") != std::string::npos);
    CHECK(line.find("3.00 ms") != std::string::npos);
    CHECK(line.find("1.500") != std::string::npos);
  }

  TEST_CASE("settings of one alone, and partitions, are told") {
    nlohmann::json one = nlohmann::json::parse(run_with(1, 1'000'000));
    one["plan"]["topics"] = {{{"name", "x"}, {"partitions", 1}}};
    nlohmann::json two = one;
    two["plan"]["topics"][0]["partitions"] = 12;
    two["plan"]["topics"][0]["name"] = "y";
    two["plan"]["new"] = true;
    const temporary_file a("one.json", one.dump());
    const temporary_file b("two.json", two.dump());
    std::string text;
    REQUIRE(compare(a.name(), b.name(), text));
    CHECK(text.find("partitions of topics: [1] | [12]") != std::string::npos);
    CHECK(text.find("new: null | true") != std::string::npos);
  }

  TEST_CASE("odd values harm nobody") {
    nlohmann::json odd = nlohmann::json::parse(run_with(1, 1'000'000));
    odd["started"] = 7;
    odd["warnings"] = {1, {{"a", "b"}}};
    odd["plan"]["topics"] = {1, nullptr};
    const temporary_file a("odd.json", odd.dump());
    std::string text;
    CHECK(compare(a.name(), a.name(), text));
    CHECK_FALSE(compare(".", a.name(), text));
    CHECK(text.find("cannot be read") != std::string::npos);
  }

  TEST_CASE("what is no result is refused") {
    const temporary_file good("good.json", run_with(1, 1'000'000));
    const temporary_file other("other.json", "{\"tool\":\"wrk\"}");
    std::string text;
    CHECK_FALSE(compare(good.name(), other.name(), text));
    CHECK(text.find("no result") != std::string::npos);
    const temporary_file cut("cut.json",
                             R"({"tool":"wskafka-load","metrics":{}})");
    CHECK_FALSE(compare(cut.name(), good.name(), text));
    CHECK_FALSE(compare(good.name(), cut.name(), text));
    CHECK_FALSE(compare("no_such_file.json", good.name(), text));
    CHECK(text.find("cannot be read") != std::string::npos);
  }
}
