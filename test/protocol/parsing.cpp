#include "test/protocol/parsing.hpp"

#include <doctest/doctest.h>

namespace wskafka::protocol::test {

one::one(std::string_view frame, limits bounds) : parser_(bounds) {
  const auto& messages = parser_.parse(frame);
  REQUIRE(messages.size() == 1);
  only_ = messages.front();
}

std::string code_of(const message& m) {
  const auto* refused = std::get_if<bad_request>(&m);
  return refused == nullptr ? "accepted" : refused->why.code;
}

std::string codes_of(std::string_view frame, limits bounds) {
  parser p(bounds);
  std::string codes;
  for (const auto& m : p.parse(frame)) {
    codes += (codes.empty() ? "" : " ") + code_of(m);
  }
  return codes;
}

const envelope& head_of(const message& m) {
  return std::visit([](const auto& x) -> const envelope& { return x.head; }, m);
}

std::string repeated(const std::string& json, std::size_t times) {
  std::string all;
  for (std::size_t i = 0; i < times; ++i) {
    all += (i == 0 ? "" : ",") + json;
  }
  return all;
}

}  // namespace wskafka::protocol::test
