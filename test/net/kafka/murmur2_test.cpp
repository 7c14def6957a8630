#include "net/kafka/murmur2.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <utility>

namespace {

using namespace wskafka::kafka;

TEST_SUITE("net/kafka/murmur2") {
  TEST_CASE("the vectors of Kafka's own UtilsTest come out") {
    const std::pair<std::string, std::int32_t> cases[] = {
        {"21", -973932308},
        {"foobar", -790332482},
        {"a-little-bit-long-string", -985981536},
        {"a-little-bit-longer-string", -1486304829},
        {"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971},
        {"abc", 479470107},
    };
    for (const auto& [key, hash] : cases) {
      CAPTURE(key);
      CHECK(murmur2(key) == static_cast<std::uint32_t>(hash));
      // `toPositive` is no absolute value.
      CHECK(partition_of_key(key, 1000) == (hash & 0x7fffffff) % 1000);
    }
  }

  TEST_CASE("any bytes are a key, none at all too") {
    // Each computed by Kafka 3.9.1's Utils.
    CHECK(murmur2("") == 275646681U);
    CHECK(murmur2(std::string(1, '\0')) == 375494588U);
    CHECK(murmur2("\xff\xfe\x80") == 4134240899U);
    CHECK(murmur2("\xf0\x9f\x98\x80\xff") == 779899750U);
  }

  TEST_CASE("a single partition takes all keys") {
    CHECK(partition_of_key("21", 1) == 0);
    CHECK(partition_of_key("", 1) == 0);
  }
}

}  // namespace
