#include "test/protocol/parsing.hpp"

#include <doctest/doctest.h>

#include <string>

namespace {

using namespace wskafka::protocol;
using test::one;

health_request with(const std::string& p) {
  one m(R"({"id":1500,"t":"health","p":)" + p + "}");
  auto request = m.as<health_request>();
  request.head = {};
  return request;
}

TEST_SUITE("protocol/health") {
  TEST_CASE("the seed's message is read") {
    one m(R"({"id":1500,"t":"health"})");
    const auto& request = m.as<health_request>();
    CHECK(request.head.id == "1500");
    CHECK(request.head.a.empty());
    CHECK(!request.detail);
    CHECK(request.limit == 1000);
    CHECK(request.offset == 0);
  }

  TEST_CASE("any action is taken and repeated") {
    one m(R"({"t":"health","a":"what \"ever\""})");
    CHECK(m.as<health_request>().head.a == R"("what \"ever\"")");
  }

  TEST_CASE("detail and a page can be asked for") {
    CHECK(with(R"({"detail":true})").detail);
    CHECK(!with(R"({"detail":false})").detail);
    CHECK(!with("null").detail);
    CHECK(!with("{}").detail);
    const auto page = with(R"({"limit":20,"offset":18446744073709551615})");
    CHECK(page.limit == 20);
    CHECK(page.offset == 18446744073709551615U);
    CHECK(with(R"({"limit":0})").limit == 0);
  }

  TEST_CASE("other values are refused") {
    for (const std::string p :
         {"1", "\"x\"", "[]", R"({"detail":1})", R"({"detail":null})",
          R"({"detail":"true"})", R"({"limit":-1})", R"({"limit":1.0})",
          R"({"limit":1e2})", R"({"limit":true})", R"({"offset":"3"})",
          R"({"offset":18446744073709551616})", R"({"offset":{}})"}) {
      CAPTURE(p);
      CHECK(test::codes_of(R"({"t":"health","p":)" + p + "}") ==
            "INVALID_REQUEST");
    }
    CHECK(one(R"({"t":"health","p":{"limit":-1}})")
              .as<bad_request>()
              .why.message == "p.limit must be a whole number from 0 on.");
  }
}

}  // namespace
