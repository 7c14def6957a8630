#include "test/protocol/parsing.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>

namespace {

namespace fs = std::filesystem;
using namespace wskafka::protocol;

std::string content_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  REQUIRE(in.is_open());
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST_SUITE("protocol/hostile") {
  TEST_CASE("each frame of the corpus gets what its folder says") {
    // One parser for all, so that no frame leaves anything to the next.
    parser p{limits{}};
    std::map<std::string, int> frames;
    for (const auto& folder : fs::directory_iterator(WSKAFKA_HOSTILE_DATA)) {
      if (!folder.is_directory()) {
        continue;
      }
      const std::string expected = folder.path().filename();
      for (const auto& file : fs::directory_iterator(folder)) {
        CAPTURE(file.path().string());
        const auto& messages = p.parse(content_of(file));
        REQUIRE(!messages.empty());
        for (const auto& m : messages) {
          CHECK(test::code_of(m) == expected);
        }
        if (expected != "accepted") {
          CHECK(messages.size() == 1);
          CHECK(!std::get<bad_request>(messages[0]).why.retriable);
        }
        if (expected == "INVALID_JSON") {
          CHECK(test::head_of(messages[0]).t.empty());
          CHECK(test::head_of(messages[0]).id.empty());
        }
        ++frames[expected];
      }
    }
    CHECK(frames["INVALID_JSON"] >= 90);
    CHECK(frames["INVALID_REQUEST"] >= 80);
    CHECK(frames["accepted"] >= 40);
    CHECK(frames.size() == 7);
  }
}

}  // namespace
