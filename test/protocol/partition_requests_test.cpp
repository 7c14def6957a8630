#include "test/protocol/parsing.hpp"

#include <doctest/doctest.h>

#include <string>

namespace wskafka::protocol {

namespace {

using action = partitions_request::action;
using test::codes_of;
using test::one;

std::string control(const std::string& name, const std::string& p) {
  return R"({"t":"topic","a":")" + name + R"(","p":)" + p + '}';
}

TEST_SUITE("protocol/partition_requests") {
  TEST_CASE("partitions, or all of them") {
    const one pause(control("pause", R"([{"topic":"b","partition":2},)"
                                     R"({"partition":0,"topic":"a"}])"));
    const auto& found = pause.as<partitions_request>();
    CHECK((found.what == action::pause));
    CHECK_FALSE(found.all);
    REQUIRE(found.partitions.size() == 2);
    CHECK(found.partitions[0].topic == "b");
    CHECK(found.partitions[0].partition == 2);
    CHECK(found.partitions[1].topic == "a");
    for (const char* text : {R"({"t":"topic","a":"resume"})",
                             R"({"t":"topic","a":"resume","p":null})"}) {
      const one resume(text);
      CHECK((resume.as<partitions_request>().what == action::resume));
      CHECK(resume.as<partitions_request>().all);
    }
    const one none(control("pause", "[]"));
    CHECK_FALSE(none.as<partitions_request>().all);
    CHECK(none.as<partitions_request>().partitions.empty());
  }

  TEST_CASE("positions to seek") {
    const one seek(
        control("seek", R"([{"topic":"a","partition":0,"offset":7}])"));
    const auto& found = seek.as<partitions_request>();
    CHECK((found.what == action::seek));
    REQUIRE(found.partitions.size() == 1);
    CHECK(found.partitions[0].offset == 7);
  }

  TEST_CASE("the position is always of all") {
    const one position(R"({"t":"topic","a":"position"})");
    CHECK((position.as<partitions_request>().what == action::position));
    CHECK(position.as<partitions_request>().all);
  }

  TEST_CASE("anything else is refused") {
    for (const char* p :
         {R"({"topic":"a","partition":0})", R"("a")", "7", R"(["a"])",
          R"([{"topic":"a"}])", R"([{"topic":"a","partition":-1}])",
          R"([{"topic":"a","partition":0,"offset":1}])",
          R"([{"topic":"a","partition":0,"more":1}])",
          R"([{"topic":"a","partition":0},{"topic":"a","partition":0}])"}) {
      CAPTURE(p);
      CHECK(codes_of(control("pause", p)) == "INVALID_REQUEST");
      CHECK(codes_of(control("resume", p)) == "INVALID_REQUEST");
    }
    for (const char* p : {"null", R"([{"topic":"a","partition":0}])",
                          R"([{"topic":"a","partition":0,"offset":-1}])",
                          R"([{"topic":"a","partition":0,"offset":1},)"
                          R"({"topic":"a","partition":0,"offset":2}])"}) {
      CAPTURE(p);
      CHECK(codes_of(control("seek", p)) == "INVALID_REQUEST");
    }
    CHECK(codes_of(R"({"t":"topic","a":"seek"})") == "INVALID_REQUEST");
  }

  TEST_CASE("slow and events of a subscription") {
    const auto subscribe = [](const std::string& more) {
      return R"({"t":"topic","a":"subscribe","p":{"t":["a"],)" + more + "}}";
    };
    const one group(subscribe(R"("slow":"close","events":true)"));
    CHECK((group.as<subscribe_request>().slow == slow_policy::close));
    CHECK(group.as<subscribe_request>().events);
    const one hold(subscribe(R"("slow":"hold")"));
    CHECK((hold.as<subscribe_request>().slow == slow_policy::hold));
    const one drop(subscribe(R"("broadcast":true,"slow":"drop")"));
    CHECK((drop.as<subscribe_request>().slow == slow_policy::drop));
    const one neither(subscribe(R"("events":false)"));
    CHECK_FALSE(neither.as<subscribe_request>().slow);
    CHECK_FALSE(neither.as<subscribe_request>().events);
    for (const char* more :
         {R"("slow":"drop")", R"("slow":1)", R"("slow":null)",
          R"("broadcast":true,"slow":"hold")", R"("events":1)"})
      CHECK(codes_of(subscribe(more)) == "INVALID_REQUEST");
  }

  TEST_CASE("a group starts at a word or a time, not at positions") {
    const auto from = [](const std::string& start) {
      return R"({"t":"topic","a":"subscribe","p":{"t":["a"],"from":)" + start +
             "}}";
    };
    const one time(from(R"({"timestamp":5})"));
    CHECK(time.as<subscribe_request>().start->time == 5);
    CHECK(codes_of(from(R"("earliest")")) == "accepted");
    CHECK(codes_of(from(R"("latest")")) == "accepted");
    CHECK(codes_of(from("[]")) == "INVALID_REQUEST");
  }
}

}  // namespace

}  // namespace wskafka::protocol
