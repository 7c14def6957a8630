#include "protocol/base64.hpp"

#include <doctest/doctest.h>

#include <string>
#include <utility>

namespace {

using namespace wskafka::protocol;

std::string encoded(std::string_view bytes) {
  std::string out = ">";
  append_base64(out, bytes);
  CHECK(out.size() == 1 + base64_size(bytes.size()));
  return out.substr(1);
}

TEST_SUITE("protocol/base64") {
  TEST_CASE("the examples of RFC 4648 come out") {
    const std::pair<const char*, const char*> cases[] = {
        {"", ""},
        {"f", "Zg=="},
        {"fo", "Zm8="},
        {"foo", "Zm9v"},
        {"foob", "Zm9vYg=="},
        {"fooba", "Zm9vYmE="},
        {"foobar", "Zm9vYmFy"},
    };
    for (const auto& [bytes, text] : cases) {
      CHECK(encoded(bytes) == text);
    }
  }

  TEST_CASE("all of the alphabet is used") {
    std::string bytes;
    for (unsigned i = 0; i < 64; i += 4) {
      const unsigned group = i << 18 | (i + 1) << 12 | (i + 2) << 6 | (i + 3);
      bytes += static_cast<char>(group >> 16 & 255);
      bytes += static_cast<char>(group >> 8 & 255);
      bytes += static_cast<char>(group & 255);
    }
    CHECK(encoded(bytes) ==
          "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
  }
}

}  // namespace
