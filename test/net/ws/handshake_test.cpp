#include "net/ws/handshake.hpp"

#include <doctest/doctest.h>

using wskafka::ws::origin_allowed;

TEST_SUITE("net/ws/handshake") {
  TEST_CASE("an origin must match exactly, once any is named") {
    const std::vector<std::string> allowed{"https://a.example",
                                           "http://b.example:8080"};
    CHECK(origin_allowed("https://a.example", allowed));
    CHECK(origin_allowed("http://b.example:8080", allowed));
    CHECK_FALSE(origin_allowed("http://a.example", allowed));
    CHECK_FALSE(origin_allowed("https://A.example", allowed));
    CHECK_FALSE(origin_allowed("https://a.example/", allowed));
    CHECK_FALSE(origin_allowed("https://a.example:443", allowed));
    CHECK_FALSE(origin_allowed("https://a.example.evil.example", allowed));
    CHECK_FALSE(origin_allowed("https://evil-a.example", allowed));
    CHECK_FALSE(origin_allowed("null", allowed));
  }

  TEST_CASE("who sends no origin is no browser and may connect") {
    CHECK(origin_allowed("", {"https://a.example"}));
  }

  TEST_CASE("with none named all may connect") {
    CHECK(origin_allowed("https://anything.example", {}));
    CHECK(origin_allowed("null", {}));
  }
}
