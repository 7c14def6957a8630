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

  TEST_CASE("what was encoded is decoded") {
    std::string bytes;
    for (int i = 0; i < 600; ++i) {
      std::string out = ">";
      const auto decoded = append_decoded(out, encoded(bytes));
      REQUIRE(decoded);
      CHECK(*decoded == bytes);
      CHECK(out == ">" + bytes);
      bytes += static_cast<char>(i * 7);
    }
  }

  TEST_CASE("nothing else is decoded") {
    const std::string wrong[] = {
        "Zg",
        "Zg=",
        "Zg===",
        "A===",
        "=",
        "==",
        "====",
        "Z===",
        "Zg=g",
        "Zg==Zg==",
        "Zm9v=",
        " Zg==",
        "Zg== ",
        "Zm9v\n",
        "Zm 9",
        "Zm9-",
        "Zm9_",
        "Zm9",
        "Z",
        "Zm9v\xff\xff\xff\xff",
        "\xc3\xa9Zm",
        "Zm9vYg",
        // Bits that say nothing, but are set.
        "Zh==",
        "Zn==",
        "Zm9=",
        "Zm+=",
        std::string("Zm9\0", 4),
        std::string("Zg=\0", 4),
    };
    for (const std::string& text : wrong) {
      CAPTURE(text);
      std::string out = ">";
      CHECK(!append_decoded(out, text));
      CHECK(out == ">");
    }
  }

  TEST_CASE("each character of the alphabet is read, and no other") {
    unsigned taken = 0;
    for (int c = 0; c < 256; ++c) {
      std::string out;
      const std::string text{'A', 'A', 'A', static_cast<char>(c)};
      const auto decoded = append_decoded(out, text);
      const bool padding = c == '=';
      if (decoded && !padding) {
        CHECK(encoded(*decoded) == text);
        ++taken;
      }
    }
    CHECK(taken == 64);
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
