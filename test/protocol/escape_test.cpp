#include "protocol/escape.hpp"

#include "protocol/block16.hpp"
#include "protocol/utf8.hpp"

#include <doctest/doctest.h>

#include <random>
#include <string>

namespace {

using namespace wskafka::protocol;

std::string escaped(std::string_view text) {
  std::string out;
  append_escaped(out, text);
  return out;
}

// The plainest way to the same.
std::string escaped_slowly(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const std::size_t place = std::string_view("\"\\\b\f\n\r\t").find(c);
    if (place != std::string_view::npos) {
      out += {'\\', "\"\\bfnrt"[place]};
    } else if (byte < 0x20) {
      out += "\\u00";
      out += "0123456789abcdef"[byte / 16];
      out += "0123456789abcdef"[byte % 16];
    } else {
      out += c;
    }
  }
  return out;
}

TEST_SUITE("protocol/escape") {
  TEST_CASE("every byte below 0x80 comes out as it must") {
    const std::string controls[] = {
        "\\u0000", "\\u0001", "\\u0002", "\\u0003", "\\u0004", "\\u0005",
        "\\u0006", "\\u0007", "\\b",     "\\t",     "\\n",     "\\u000b",
        "\\f",     "\\r",     "\\u000e", "\\u000f", "\\u0010", "\\u0011",
        "\\u0012", "\\u0013", "\\u0014", "\\u0015", "\\u0016", "\\u0017",
        "\\u0018", "\\u0019", "\\u001a", "\\u001b", "\\u001c", "\\u001d",
        "\\u001e", "\\u001f"};
    for (int i = 0; i < 256; ++i) {
      const char c = static_cast<char>(i);
      const std::string expected = i < 32      ? controls[i]
                                   : c == '"'  ? "\\\""
                                   : c == '\\' ? "\\\\"
                                               : std::string(1, c);
      CAPTURE(i);
      CHECK(escaped(std::string(1, c)) == expected);
      CHECK(look_over(std::string(1, c)).plain == (expected.size() == 1));
      CHECK(look_over(std::string(1, c)).ascii == (i < 128));
    }
  }

  TEST_CASE("one special byte is found at every place of every length") {
    for (std::size_t size = 1; size < 70; ++size) {
      std::string text(size, 'x');
      CHECK(look_over(text).plain);
      CHECK(look_over(text).ascii);
      for (std::size_t at = 0; at < size; ++at) {
        for (const char c : {'"', '\\', '\0', '\x1f'}) {
          text[at] = c;
          CHECK(!look_over(text).plain);
          CHECK(escaped(text) == escaped_slowly(text));
        }
        text[at] = '\x80';
        CHECK(look_over(text).plain);
        CHECK(!look_over(text).ascii);
        text[at] = 'x';
      }
    }
  }

  TEST_CASE("random texts of any size come out as by the plainest way") {
    std::mt19937 random(20261123);
    for (int round = 0; round < 2000; ++round) {
      std::string text(random() % 3000, '\0');
      const unsigned width = 1U + random() % 256;
      for (char& c : text) {
        c = static_cast<char>(random() % width);
      }
      CAPTURE(round);
      std::string out = "before";
      append_escaped(out, text);
      CHECK(out == "before" + escaped_slowly(text));
    }
    CHECK(escaped(std::string(100000, '\0')).size() == 600000);
  }
}

TEST_SUITE("protocol/block16") {
  TEST_CASE("the quick forms agree with the plain ones") {
    std::mt19937 random(1);
    for (int round = 0; round < 20000; ++round) {
      char text[16];
      for (char& c : text) {
        c = static_cast<char>(random() % (round % 2 == 0 ? 256 : 0x60));
      }
      CHECK(special_bits(text) == plain::special_bits(text));
      CHECK(high_bits(text) == plain::high_bits(text));
    }
  }
}

TEST_SUITE("protocol/utf8") {
  TEST_CASE("well-formed bytes pass, others do not") {
    for (const char* good :
         {"", "a", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80",
          "\xf4\x8f\xbf\xbf", "\xef\xbf\xbf"}) {
      CHECK(valid_utf8(good));
    }
    for (const char* bad :
         {"\x80", "\xc3", "\xc0\xaf", "\xe0\x80\xaf", "\xed\xa0\x80",
          "\xe2\x82", "\xf4\x90\x80\x80", "\xff", "a\xf0\x9f\x98"}) {
      CHECK(!valid_utf8(bad));
    }
  }
}

}  // namespace
