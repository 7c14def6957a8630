#include "config/nearest.hpp"

#include <doctest/doctest.h>

using wskafka::config::nearest;

TEST_SUITE("config/nearest") {
  const std::vector<std::string> keys = {"mq_limit", "mq_interval", "port",
                                         "groupId", "ackTimeoutMs"};

  TEST_CASE("a mistyped name finds the one that was meant") {
    CHECK(nearest("mq_limt", keys) == "mq_limit");
    CHECK(nearest("mqInterval", keys) == "mq_interval");
    CHECK(nearest("group_id", keys) == "groupId");
    CHECK(nearest("ackTimeout", keys) == "ackTimeoutMs");
    CHECK(nearest("prot", keys) == "port");
    CHECK(nearest("pot", keys) == "port");
  }

  TEST_CASE("a name like none of them finds nothing") {
    CHECK(nearest("colour", keys) == "");
    CHECK(nearest("", keys) == "");
    CHECK(nearest("port", {}) == "");
    CHECK(nearest(std::string(1'000'000, 'p'), keys) == "");
  }
}
