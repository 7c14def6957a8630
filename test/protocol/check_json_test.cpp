#include "protocol/check_json.hpp"

#include "protocol/compact.hpp"

#include <doctest/doctest.h>

#include <string>

namespace {

using namespace wskafka::protocol;

verdict check(std::string text, std::size_t depth = 64) {
  const std::size_t size = text.size();
  text.append(16, '\0');
  return check_json(text.data(), size, depth);
}

bool sound(const std::string& text) {
  return check(text).what == flaw::none;
}

TEST_SUITE("protocol/check_json") {
  TEST_CASE("valid texts pass") {
    for (const char* text :
         {"0", "-0", "1.5e-7", "10", "1E+2", "true", "false", "null", "\"\"",
          "[]", "{}", " [ ] ", "\t{\r}\n", R"({"a":[1,{"b":null}],"":""})",
          R"("\"\\\/\b\f\n\r\t\u00aF")", "[[[[]]]]", "\"\x7f\xff\""}) {
      CAPTURE(text);
      CHECK(sound(text));
    }
  }

  TEST_CASE("the byte that is wrong is told") {
    const std::pair<std::string, std::size_t> cases[] = {
        {"", 0},
        {"  ", 2},
        {"x", 0},
        {"tru", 3},
        {"truth", 3},
        {"01", 1},
        {"1.", 2},
        {"1.x", 2},
        {"1e", 2},
        {"1e+", 3},
        {"-", 1},
        {"-a", 1},
        {"\"abc", 4},
        {"\"a\nb\"", 2},
        {"\"\\x\"", 2},
        {"\"\\u12g4\"", 5},
        {"[1,]", 3},
        {"[1 2]", 3},
        {"[,1]", 1},
        {"{\"a\"}", 4},
        {"{\"a\":}", 5},
        {"{a:1}", 1},
        {"{\"a\":1,}", 7},
        {"[1}", 2},
        {"{} {}", 3},
        {"]", 0},
        {std::string("{}\0", 3), 2},
        {std::string("\"\0\"", 3), 1},
    };
    for (const auto& [text, at] : cases) {
      CAPTURE(text);
      CHECK(check(text).what == flaw::syntax);
      CHECK(check(text).at == at);
    }
  }

  TEST_CASE("a control character is found at every place of a long string") {
    for (std::size_t length = 1; length < 70; ++length) {
      for (std::size_t at = 0; at < length; ++at) {
        std::string text = "\"" + std::string(length, 'x') + "\"";
        CHECK(sound(text));
        text[1 + at] = '\x1f';
        CHECK(check(text).at == 1 + at);
        text[1 + at] = '"';
        CHECK(check(text).at == 1 + at + 1);
      }
    }
  }

  TEST_CASE("nothing behind the text counts, whatever stands there") {
    const std::string text = std::string("[1") + '\0' + "]               ";
    CHECK(check_json(text.data(), 2, 64).what == flaw::syntax);
    CHECK(check_json(text.data(), 2, 64).at == 2);
  }

  TEST_CASE("depth counts arrays and objects alike") {
    CHECK(check("[{\"a\":[]}]", 3).what == flaw::none);
    CHECK(check("[{\"a\":[]}]", 2).what == flaw::too_deep);
    CHECK(check("[{\"a\":[]}]", 2).at == 6);
    CHECK(check("[[],[],[]]", 2).what == flaw::none);
    CHECK(check("1", 0).what == flaw::none);
    CHECK(check("[]", 0).what == flaw::too_deep);
  }

  TEST_CASE("a flaw before the depth is passed is a matter of syntax") {
    CHECK(check("[[x]]", 2).what == flaw::syntax);
    CHECK(check("[[1]x[]]", 2).what == flaw::syntax);
  }
}

TEST_SUITE("protocol/compact") {
  TEST_CASE("whitespace inside strings stays, also behind escaped quotes") {
    std::string text = R"( { "a \" b" : [ "\\" , " " , 1 ] } )";
    const std::size_t size = text.size();
    text.append(16, '\0');
    std::string out = "before";
    CHECK(append_compact(out, std::string_view(text).substr(0, size)) ==
          R"({"a \" b":["\\"," ",1]})");
    CHECK(out == R"(before{"a \" b":["\\"," ",1]})");
  }
}

}  // namespace
