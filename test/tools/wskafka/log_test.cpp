#include "tools/wskafka/log.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <cstdio>
#include <functional>
#include <regex>
#include <string>
#include <unistd.h>
#include <vector>

using namespace wskafka;

namespace {

/// What the log, opened and closed around `work`, writes to stderr.
std::vector<std::string> logged(const config::websocket_options& options,
                                const std::function<void()>& work) {
  std::FILE* into = std::tmpfile();
  REQUIRE(into != nullptr);
  const int before = dup(STDERR_FILENO);
  dup2(fileno(into), STDERR_FILENO);
  cli::open_log(options);
  work();
  cli::close_log();
  dup2(before, STDERR_FILENO);
  close(before);
  std::rewind(into);
  std::vector<std::string> lines(1);
  for (int c = std::fgetc(into); c != EOF; c = std::fgetc(into)) {
    if (c == '\n')
      lines.emplace_back();
    else
      lines.back().push_back(static_cast<char>(c));
  }
  std::fclose(into);
  CHECK(lines.back().empty());
  lines.pop_back();
  return lines;
}

void one_of_each() {
  cli::log_info("I\nforged");
  cli::log_warning("W");
  cli::log_error("E");
}

}  // namespace

TEST_SUITE("tools/wskafka/log") {
  TEST_CASE("lines for people: the time in UTC, the level, the text") {
    const auto lines = logged({}, one_of_each);
    REQUIRE(lines.size() == 3);
    const std::string time = R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z )";
    CHECK(std::regex_match(lines[0], std::regex(time + R"(info I\\nforged)")));
    CHECK(std::regex_match(lines[1], std::regex(time + "warning W")));
    CHECK(std::regex_match(lines[2], std::regex(time + "error E")));
  }

  TEST_CASE("lines for programs: a JSON object each") {
    config::websocket_options options;
    options.log = config::log_format::json;
    const auto lines = logged(options, one_of_each);
    REQUIRE(lines.size() == 3);
    const auto first = nlohmann::ordered_json::parse(lines[0]);
    CHECK(first.size() == 3);
    CHECK(first.begin().key() == "time");
    CHECK(first.at("level") == "info");
    CHECK(first.at("text") == "I\nforged");
  }

  TEST_CASE("what is below the level is left out") {
    const auto count = [](const char* level) {
      config::websocket_options options;
      options.log_level = level;
      return logged(options, one_of_each).size();
    };
    CHECK(count("trace") == 3);
    CHECK(count("debug") == 3);
    CHECK(count("info") == 3);
    CHECK(count("warn") == 2);
    CHECK(count("error") == 1);
    CHECK(count("critical") == 0);
    CHECK(count("off") == 0);
  }
}
