#include "config/generate.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

namespace {

const std::string readme_path = WSKAFKA_CONFIG_README;
const std::string start = "<!-- reference: made from the option table -->\n";
const std::string end = "<!-- end of the reference -->\n";

std::string contents(const std::string& path) {
  std::ifstream in{path, std::ios::binary};
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

}  // namespace

TEST_SUITE("config/reference") {
  // With WSKAFKA_TEST_UPDATE=1 in the environment the file is written anew.
  TEST_CASE("the reference in the README is the table's") {
    std::string readme = contents(readme_path);
    const auto first = readme.find(start);
    const auto last = readme.find(end);
    REQUIRE(first != readme.npos);
    REQUIRE(last != readme.npos);
    const auto from = first + start.size();
    const std::string expected = "\n" + wskafka::config::reference() + "\n";
    if (std::getenv("WSKAFKA_TEST_UPDATE") != nullptr) {
      readme.replace(from, last - from, expected);
      std::ofstream{readme_path, std::ios::binary} << readme;
      return;
    }
    const bool is_current = readme.substr(from, last - from) == expected;
    CHECK_MESSAGE(is_current,
                  "config/README.md is behind the option table; write it anew "
                  "with: WSKAFKA_TEST_UPDATE=1 config_test");
  }
}
