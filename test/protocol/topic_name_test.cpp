#include "protocol/topic_name.hpp"

#include <doctest/doctest.h>

#include <string>

namespace {

using namespace wskafka::protocol;

TEST_SUITE("protocol/topic_name") {
  TEST_CASE(
      "of all bytes only letters, digits, dot, underscore and minus "
      "may stand in a name") {
    const std::string allowed =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
    for (int byte = 0; byte < 256; ++byte) {
      const char c = static_cast<char>(byte);
      CAPTURE(byte);
      CHECK(valid_topic_name(std::string("a") + c + "b") ==
            (allowed.find(c) != std::string::npos));
    }
  }

  TEST_CASE("a name has 1 to 249 characters") {
    CHECK(!valid_topic_name(""));
    CHECK(valid_topic_name("a"));
    CHECK(valid_topic_name(std::string(249, 'a')));
    CHECK(!valid_topic_name(std::string(250, 'a')));
  }

  TEST_CASE("dots alone are no name up to two of them") {
    CHECK(!valid_topic_name("."));
    CHECK(!valid_topic_name(".."));
    CHECK(valid_topic_name("..."));
    CHECK(valid_topic_name("a."));
  }

  TEST_CASE("names that start with two underscores are Kafka's") {
    CHECK(internal_topic_name("__consumer_offsets"));
    CHECK(internal_topic_name("__"));
    CHECK(!internal_topic_name("_"));
    CHECK(!internal_topic_name("_a_"));
    CHECK(!internal_topic_name("a__"));
    CHECK(!internal_topic_name(""));
  }
}

}  // namespace
