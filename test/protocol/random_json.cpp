#include "test/protocol/random_json.hpp"

#include <algorithm>
#include <iterator>

namespace wskafka::protocol::test {

std::string random_json::value(int depth) {
  switch (below(depth > 0 ? 9 : 6)) {
    case 0:
      return "null";
    case 1:
      return below(2) == 0 ? "true" : "false";
    case 2:
    case 3:
      return number();
    case 4:
    case 5:
      return string();
    default:
      return list(depth, below(2) == 0);
  }
}

std::string random_json::list(int depth, bool keys) {
  std::string text = keys ? "{" : "[";
  const unsigned count = below(5);
  for (unsigned i = 0; i < count; ++i) {
    text += i == 0 ? "" : ",";
    text += blank();
    if (keys) {
      text += string() + blank() + ":" + blank();
    }
    text += value(depth - 1) + blank();
  }
  return text + blank() + (keys ? "}" : "]");
}

std::string random_json::number() {
  std::string text = below(2) == 0 ? "-" : "";
  text += below(3) == 0 ? "0" : std::to_string(1 + below(100000));
  if (below(3) == 0) {
    text += "." + std::to_string(below(1000));
  }
  if (below(3) == 0) {
    const char* const marks[] = {"e", "E", "e+", "E-"};
    text += marks[below(4)] + std::to_string(below(40));
  }
  return text;
}

std::string random_json::string() {
  static const char* const pieces[] = {
      "a",
      "t",
      "m",
      "id",
      " ",
      "\\\"",
      "\\\\",
      "\\/",
      "\\b",
      "\\f",
      "\\n",
      "\\r",
      "\\t",
      "\\u0000",
      "\\u0074",
      "\\u00e9",
      "\\uD83D\\uDE00",
      "\xc3\xa9",
      "\xe2\x82\xac",
      "\xf0\x9f\x98\x80",
      "\x7f",
      "{",
      "]",
      ",",
      ":",
      "a longer piece that fills more than one block"};
  std::string text = "\"";
  for (unsigned count = below(6); count > 0; --count) {
    text += pieces[below(std::size(pieces))];
  }
  return text + "\"";
}

std::string random_json::blank() {
  static const char* const blanks[] = {"", "", "", " ", "\n", "\r\n\t "};
  return blanks[below(std::size(blanks))];
}

std::string random_json::mutated(std::string text) {
  static const std::string likely =
      "{}[]:,\"\\ \n\t0123456789.eE+-truefalsn/u\x01\x1f\x7f\x80\xc3\xff";
  for (unsigned count = 1 + below(3); count > 0 && !text.empty(); --count) {
    const std::size_t at = below(static_cast<unsigned>(text.size()));
    switch (below(5)) {
      case 0:
        text[at] = likely[below(static_cast<unsigned>(likely.size()))];
        break;
      case 1:
        text.insert(at, 1, likely[below(static_cast<unsigned>(likely.size()))]);
        break;
      case 2:
        text.erase(at, 1);
        break;
      case 3:
        text.resize(at);
        break;
      default:
        std::swap(text[at], text[below(static_cast<unsigned>(text.size()))]);
    }
  }
  return text;
}

}  // namespace wskafka::protocol::test
