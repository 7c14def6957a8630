#include "config/document.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace wskafka::config;

namespace {

const object& root_of(const document& read) {
  REQUIRE(read.faults.empty());
  REQUIRE(read.root.is<object>());
  return *read.root.as<object>();
}

}  // namespace

TEST_SUITE("config/document") {
  TEST_CASE("every JSON type keeps its type") {
    const auto read = read_document(
        R"({"n":null,"t":true,"i":-7,"d":1.5,"s":"é","l":[1,"a"],"o":{}})");
    const auto& root = root_of(read);
    REQUIRE(root.size() == 7);
    CHECK(root[0].content == value{});
    CHECK(root[1].content == value{true});
    CHECK(root[2].content == value{std::int64_t{-7}});
    CHECK(root[3].content == value{1.5});
    CHECK(root[4].content == value{std::string{"é"}});
    CHECK(root[5].content ==
          value{list{{std::int64_t{1}}, {std::string{"a"}}}});
    CHECK(root[6].content == value{object{}});
  }

  TEST_CASE(
      "a key knows its line, whatever ends the lines and stands between") {
    for (const std::string end : {"\n", "\r\n"}) {
      const auto read = read_document(
          "// one" + end + "{ /* two" + end + "three */ \"a\"" + end + ":" +
          end + "5 ," + end + "\"b\": [" + end + "],\"c\"" + ":{}}");
      const auto& root = root_of(read);
      REQUIRE(root.size() == 3);
      CHECK(root[0].line == 3);
      CHECK(root[1].line == 6);
      CHECK(root[2].line == 7);
    }
  }

  TEST_CASE("a byte order mark is passed over") {
    CHECK(root_of(read_document("\xef\xbb\xbf{\"a\": 1}")).size() == 1);
  }

  TEST_CASE("a syntax error is one fault with line and column") {
    struct example {
      std::string text;
      unsigned line, column;
    };
    for (const auto& row :
         {example{"{\n  \"a\": x\n}", 2, 8}, example{"{\"a\" 1}", 1, 6},
          example{"{\"a\": 1,}", 1, 9}, example{"{\n\n\"a\": 1", 3, 7},
          example{"{} {}", 1, 4}, example{"{\"a\": 1e999}", 1, 11},
          example{"/* open", 1, 8}, example{"{'a': 1}", 1, 2}}) {
      CAPTURE(row.text);
      const auto read = read_document(row.text);
      REQUIRE(read.faults.size() == 1);
      CHECK(read.root == value{});
      CHECK(read.faults[0].line == row.line);
      CHECK(read.faults[0].column == row.column);
      CHECK(read.faults[0].text.find("json.exception") == std::string::npos);
    }
  }

  TEST_CASE("a syntax error does not repeat the text around it") {
    const auto read = read_document("{\"sasl.password\": \"hunter2\n\"}");
    REQUIRE(read.faults.size() == 1);
    CHECK(read.faults[0].text.find("hunter2") == std::string::npos);
    const auto number = read_document("{\"sasl.password\": 77777e7777}");
    REQUIRE(number.faults.size() == 1);
    CHECK(number.faults[0].text.find("77777") == std::string::npos);
  }

  TEST_CASE("a key given twice is a fault that names both lines") {
    const auto read = read_document(
        "{\"a\": {\n\"b\": 1,\n\"c\": 2,\n\"b\": 3},\n\"d\": {\"b\": 1}}");
    REQUIRE(read.faults.size() == 1);
    CHECK(read.faults[0].path == "a.b");
    CHECK(read.faults[0].line == 4);
    CHECK(read.faults[0].text.find("line 2") != std::string::npos);
  }

  TEST_CASE("text without a value says where to get one") {
    for (const std::string text : {"", "  \r\n\t", "\xef\xbb\xbf"}) {
      const auto read = read_document(text);
      REQUIRE(read.faults.size() == 1);
      CHECK(read.faults[0].text.find("gen-config") != std::string::npos);
    }
  }

  TEST_CASE("nesting is bounded") {
    const std::size_t absurd = 1'000'000;
    for (const char open : {'[', '{'}) {
      std::string text;
      for (std::size_t i = 0; i < absurd; ++i)
        text += open == '[' ? "[" : "{\"a\":";
      const auto read = read_document(text);
      REQUIRE(read.faults.size() == 1);
      CHECK(read.faults[0].text.find("nested") != std::string::npos);
      CHECK(read.root == value{});
    }
    CHECK(read_document(std::string(16, '[') + std::string(16, ']'))
              .faults.empty());
  }
}
