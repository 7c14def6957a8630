#include "tools/wskafka-load/arguments.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace wskafka::load;

namespace {

parsed read(std::vector<std::string> words) {
  words.insert(words.begin(), "wskafka-load");
  std::vector<char*> pointers;
  pointers.reserve(words.size());
  for (std::string& word : words)
    pointers.push_back(word.data());
  return parse(static_cast<int>(pointers.size()), pointers.data());
}

}  // namespace

TEST_SUITE("tools/load/arguments") {
  TEST_CASE("a sub-command alone is a whole plan") {
    const parsed line = read({"roundtrip"});
    REQUIRE(line.value);
    CHECK(line.value->url == "ws://localhost:3000");
    CHECK(line.value->what == command::roundtrip);
    CHECK_FALSE(line.value->closed_loop);
    CHECK(line.value->topics.count == 1);
  }

  TEST_CASE("arrivals are named") {
    const parsed line = read({"publish", "--arrivals", "poisson"});
    REQUIRE(line.value);
    CHECK(line.value->arrival == arrivals::poisson);
    CHECK(read({"publish", "--arrivals", "odd"}).exit_code == 2);
  }

  TEST_CASE("topics are a number or names") {
    const parsed number = read({"mixed", "--topics", "7", "--groups", "a,b,a"});
    REQUIRE(number.value);
    CHECK(number.value->topics.count == 7);
    CHECK(number.value->topics.given.empty());
    CHECK(number.value->groups.given == std::vector<std::string>{"a", "b"});
  }

  TEST_CASE("each client of a broadcast is a group of its own") {
    const parsed line = read({"fanout", "--subscribers", "7"});
    REQUIRE(line.value);
    CHECK(line.value->broadcast);
    CHECK(line.value->groups.count == 7);
    CHECK(line.value->subscribers == 1);
    CHECK(read({"fanout"}).value->groups.count == 100);
    CHECK_FALSE(read({"mixed"}).value->broadcast);
  }

  TEST_CASE("who confirms, and how much may be open") {
    const parsed line = read({"mixed", "--commit", "ack", "--window", "5"});
    REQUIRE(line.value);
    CHECK(line.value->acks());
    CHECK(line.value->window == 5);
    CHECK_FALSE(read({"mixed"}).value->acks());
    CHECK(read({"mixed"}).value->window == 0);
  }

  TEST_CASE("counting has a warm-up only where it is asked for") {
    CHECK(read({"subscribe", "--topics", "a"}).value->warmup == 2);
    CHECK(read({"subscribe", "--topics", "a", "--count", "9"}).value->warmup ==
          0);
    CHECK(read({"subscribe", "--topics", "a", "--count", "9", "--warmup", "1"})
              .value->warmup == 1);
  }

  TEST_CASE("mistakes end with 2") {
    for (const std::vector<std::string>& words :
         std::vector<std::vector<std::string>>{
             {},
             {"roundtrp"},
             {"roundtrip", "--rate", "0"},
             {"roundtrip", "--payload", "10"},
             {"roundtrip", "--fail-if", "p99>5"},
             {"roundtrip", "--topics", "0"},
             {"roundtrip", "--topics", "\xff"},
             {"roundtrip", "--closed-loop", "--rate", "5"},
             {"roundtrip", "--in-flight", "5"},
             {"roundtrip", "--partitions", "-1"},
             {"publish", "--fail-if", "p99>5ms"},
             {"subscribe", "--topics", "a", "--fail-if", "lost>0"},
             {"roundtrip", "--closed-loop", "--frames-per-write", "2"},
             {"subscribe"},
             {"mixed", "--broadcast", "--groups", "a,b"},
             {"mixed", "--broadcast", "--groups", "5"},
             {"mixed", "--broadcast", "--window", "5"},
             {"mixed", "--broadcast", "--commit", "ack"},
             {"mixed", "--commit", "never"},
             {"fanout", "--window", "5"},
             {"mixed", "--stalled", "1"},
             {"fanout", "--groups", "2"},
             {"compare", "one.json"}})
      CHECK(read(words).exit_code == 2);
  }

  TEST_CASE("help is no mistake") {
    CHECK(read({"--help"}).exit_code == 0);
    CHECK_FALSE(read({"publish", "--help"}).value);
    CHECK(read({"publish", "--help"}).exit_code == 0);
  }
}
