#include "net/ws/utf8.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <string>

using wskafka::ws::utf8_check;

namespace {

bool valid(const std::string& text) {
  utf8_check check;
  return check.feed(text.data(), text.size()) && check.complete();
}

bool valid_split(const std::string& text, std::size_t at) {
  utf8_check check;
  return check.feed(text.data(), at) &&
         check.feed(text.data() + at, text.size() - at) && check.complete();
}

std::string encode(std::uint32_t c) {
  const auto byte = [](std::uint32_t b) { return static_cast<char>(b); };
  if (c < 0x80)
    return {byte(c)};
  if (c < 0x800)
    return {byte(0xc0 | c >> 6), byte(0x80 | (c & 0x3f))};
  if (c < 0x10000)
    return {byte(0xe0 | c >> 12), byte(0x80 | (c >> 6 & 0x3f)),
            byte(0x80 | (c & 0x3f))};
  return {byte(0xf0 | c >> 18), byte(0x80 | (c >> 12 & 0x3f)),
          byte(0x80 | (c >> 6 & 0x3f)), byte(0x80 | (c & 0x3f))};
}

}  // namespace

TEST_SUITE("net/ws/utf8") {
  TEST_CASE("every code point but the surrogates is valid") {
    bool all = true;
    for (std::uint32_t c = 0; c <= 0x10ffff; ++c) {
      const bool surrogate = c >= 0xd800 && c <= 0xdfff;
      if (valid(encode(c)) == surrogate) {
        CAPTURE(c);
        all = false;
        break;
      }
    }
    CHECK(all);
  }

  TEST_CASE("nothing above U+10FFFF is valid") {
    CHECK_FALSE(valid(encode(0x110000)));
    CHECK_FALSE(valid("\xf4\x90\x80\x80"));
    CHECK_FALSE(valid("\xf5\x80\x80\x80"));
    CHECK_FALSE(valid("\xf8\x88\x80\x80\x80"));
    CHECK_FALSE(valid("\xff"));
  }

  TEST_CASE("overlong forms are not valid") {
    CHECK_FALSE(valid("\xc0\x80"));
    CHECK_FALSE(valid("\xc1\xbf"));
    CHECK_FALSE(valid("\xe0\x80\x80"));
    CHECK_FALSE(valid("\xe0\x9f\xbf"));
    CHECK_FALSE(valid("\xf0\x80\x80\x80"));
    CHECK_FALSE(valid("\xf0\x8f\xbf\xbf"));
  }

  TEST_CASE("a continuation byte alone, or one too few, is not valid") {
    CHECK_FALSE(valid("\x80"));
    CHECK_FALSE(valid("a\xbf"));
    CHECK_FALSE(valid("\xc3"));
    CHECK_FALSE(valid("\xe2\x82"));
    CHECK_FALSE(valid("\xf0\x9f\x98"));
    CHECK_FALSE(valid("\xe2\x82z"));
    CHECK_FALSE(valid("\xe2\x82\xe2"));
  }

  TEST_CASE("text is judged alike wherever it is split") {
    const std::string text = "plain \xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80 " +
                             std::string(70, 'x') + "\xe2\x82\xac" +
                             std::string(40, 'y');
    for (std::size_t at = 0; at <= text.size(); ++at)
      CHECK(valid_split(text, at));
    std::string broken = text;
    broken[7] = '\x28';
    for (std::size_t at = 0; at <= broken.size(); ++at)
      CHECK_FALSE(valid_split(broken, at));
  }

  TEST_CASE("a bad byte is found at any place of a long text, and at once") {
    for (std::size_t at = 0; at < 200; ++at) {
      std::string text(200, 'a');
      text[at] = '\xfe';
      utf8_check check;
      CHECK_FALSE(check.feed(text.data(), text.size()));
    }
  }

  TEST_CASE("what cannot become valid is refused before it is complete") {
    utf8_check check;
    CHECK(check.feed("\xf4", 1));
    CHECK_FALSE(check.feed("\x90", 1));
    check.reset();
    CHECK(check.feed("ok", 2));
    CHECK(check.complete());
  }

  TEST_CASE("no bytes are valid") {
    CHECK(valid(""));
  }
}
