#include "protocol/render_topics.hpp"
#include "test/protocol/parsing.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace wskafka::protocol;
using test::codes_of;
using test::one;

using names = std::vector<std::string_view>;

std::string ask_topics(const std::string& action, const std::string& p) {
  return R"({"id":1,"t":"topic","a":")" + action + R"(","p":)" + p + "}";
}

std::string many_names(std::size_t count) {
  std::string list;
  for (std::size_t i = 0; i < count; ++i) {
    list += (i == 0 ? "\"n" : ",\"n") + std::to_string(i) + "\"";
  }
  return "[" + list + "]";
}

limits with_deletes() {
  limits bounds;
  bounds.deletes = true;
  return bounds;
}

TEST_SUITE("protocol/describe") {
  TEST_CASE("a list of names, or one") {
    one m(ask_topics("describe", R"(["b","a","b"])"));
    const auto& request = m.as<describe_request>();
    CHECK(request.head.id == "1");
    CHECK(request.topics == names{"b", "a"});
    CHECK(one(ask_topics("describe", "\"a\"")).as<describe_request>().topics ==
          names{"a"});
    CHECK(one(ask_topics("describe", "[]"))
              .as<describe_request>()
              .topics.empty());
  }

  TEST_CASE("anything else is refused") {
    for (const char* p :
         {"null", "1", "true", "{}", R"({"t":["a"]})", "[1]", R"(["a",null])",
          R"([{"topic":"a"}])", R"([{"topic":"a","partitions":1}])",
          R"(["\ud83d"])", R"("\ud83d")"}) {
      CAPTURE(p);
      CHECK(codes_of(ask_topics("describe", p)) == "INVALID_REQUEST");
    }
    CHECK(codes_of(R"({"t":"topic","a":"describe"})") == "INVALID_REQUEST");
    CHECK(codes_of(ask_topics("describe", many_names(100))) == "accepted");
    CHECK(codes_of(ask_topics("describe", many_names(101))) ==
          "INVALID_REQUEST");
  }

  TEST_CASE("one bad name refuses the whole") {
    CHECK(codes_of(ask_topics("describe", R"(["a","b/c"])")) ==
          "INVALID_TOPIC_EXCEPTION");
    CHECK(codes_of(ask_topics("describe", R"(["__d"])")) ==
          "INVALID_TOPIC_EXCEPTION");
    limits bounds;
    bounds.internal_topics = true;
    CHECK(codes_of(ask_topics("describe", R"(["__d"])"), bounds) == "accepted");
  }
}

TEST_SUITE("protocol/offsets") {
  TEST_CASE("topics, a time and a group") {
    one m(ask_topics("offsets",
                     R"({"topics":["b","a","b"],"at":17,"group":"g"})"));
    const auto& request = m.as<offsets_request>();
    CHECK(request.topics == names{"b", "a"});
    CHECK(request.at == 17);
    CHECK(request.group == "g");
    one less(ask_topics("offsets", R"({"topics":["a"],"group":null})"));
    CHECK_FALSE(less.as<offsets_request>().at);
    CHECK(less.as<offsets_request>().group.empty());
    CHECK(one(ask_topics("offsets", R"({"topics":[]})"))
              .as<offsets_request>()
              .topics.empty());
  }

  TEST_CASE("anything else is refused") {
    for (const char* p : {"null",
                          "[]",
                          R"(["a"])",
                          R"("a")",
                          "{}",
                          R"({"t":["a"]})",
                          R"({"topics":"a"})",
                          R"({"topics":null})",
                          R"({"topics":{}})",
                          R"({"topics":[1]})",
                          R"({"topics":["a",{"topic":"b"}]})",
                          R"({"topics":["\ud83d"]})",
                          R"({"topics":["a"],"at":-1})",
                          R"({"topics":["a"],"at":1.5})",
                          R"({"topics":["a"],"at":"1"})",
                          R"({"topics":["a"],"at":null})",
                          R"({"topics":["a"],"at":{}})",
                          R"({"topics":["a"],"group":1})",
                          R"({"topics":["a"],"group":""})",
                          R"({"topics":["a"],"group":"\n"})",
                          R"({"topics":["a"],"group":[]})",
                          R"({"topics":["a"],"topics":["a"]})"}) {
      CAPTURE(p);
      CHECK(codes_of(ask_topics("offsets", p)) == "INVALID_REQUEST");
    }
    const auto with = [](const std::string& more) {
      return codes_of(ask_topics("offsets", "{\"topics\":" + more + "}"));
    };
    CHECK(with("[\"a\"],\"group\":\"" + std::string(249, 'g') + "\"") ==
          "accepted");
    CHECK(with("[\"a\"],\"group\":\"" + std::string(250, 'g') + "\"") ==
          "INVALID_REQUEST");
    CHECK(with(many_names(100)) == "accepted");
    CHECK(with(many_names(101)) == "INVALID_REQUEST");
    CHECK(with(R"(["a","b/c"])") == "INVALID_TOPIC_EXCEPTION");
  }

  TEST_CASE("its topics are not those of a subscribe") {
    one m(ask_topics("subscribe", R"({"t":["a"],"topics":["b",1]})"));
    CHECK(m.as<subscribe_request>().topics == names{"a"});
    parser p{limits{}};
    const auto& all = p.parse(
        "[" + ask_topics("offsets", R"({"topics":["a"],"at":1,"group":"g"})") +
        "," + ask_topics("offsets", R"({"topics":["b"]})") + "]");
    REQUIRE(all.size() == 2);
    const auto& second = std::get<offsets_request>(all[1]);
    CHECK(second.topics == names{"b"});
    CHECK_FALSE(second.at);
    CHECK(second.group.empty());
  }

  TEST_CASE("what is told of a log") {
    std::string out;
    append_offsets(out, "a", 3, {5, 9, std::nullopt, false, std::nullopt});
    CHECK(out == R"({"topic":"a","partition":3,"earliest":5,"latest":9})");
    out.clear();
    append_offsets(out, "a", 3, {5, 9, 7, true, 6});
    CHECK(out ==
          R"({"topic":"a","partition":3,"earliest":5,"latest":9,"offset":7,)"
          R"("committed":6,"lag":3})");
    out.clear();
    append_offsets(out, "a", 3, {5, 9, std::nullopt, true, std::nullopt});
    CHECK(out == R"({"topic":"a","partition":3,"earliest":5,"latest":9,)"
                 R"("committed":null,"lag":null})");
    out.clear();
    append_offsets(out, "a", 3, {5, 9, std::nullopt, true, 10});
    CHECK(out == R"({"topic":"a","partition":3,"earliest":5,"latest":9,)"
                 R"("committed":10,"lag":0})");
  }

  TEST_CASE("what is told of a partition") {
    std::string out;
    append_description(out, 3, 1, {1, 2}, {1});
    CHECK(out == R"({"partition":3,"leader":1,"replicas":[1,2],"isr":[1]})");
    out.clear();
    append_description(out, 3, std::nullopt, {1}, {});
    CHECK(out == R"({"partition":3,"leader":null,"replicas":[1],"isr":[]})");
  }
}

TEST_SUITE("protocol/delete") {
  TEST_CASE("is refused unless it is allowed, whatever it says") {
    for (const char* p : {R"(["a"])", "[]", "1"}) {
      one m(ask_topics("delete", p));
      const auto& refused = m.as<bad_request>();
      CHECK(refused.why.code == "NOT_AUTHORIZED");
      CHECK(refused.why.message ==
            "Topics may not be deleted: kafka_config.allow_delete_topics is "
            "off.");
      CHECK_FALSE(refused.why.retriable);
    }
  }

  TEST_CASE("names, those against the rule apart") {
    one m(ask_topics("delete", R"(["b","a c","b","__d","a"])"), with_deletes());
    const auto& request = m.as<delete_request>();
    CHECK(request.topics == names{"b", "a"});
    REQUIRE(request.refused.size() == 2);
    CHECK(request.refused[0].topic == "a c");
    CHECK(request.refused[1].code == "INVALID_TOPIC_EXCEPTION");
    CHECK(one(ask_topics("delete", "\"a\""), with_deletes())
              .as<delete_request>()
              .topics == names{"a"});
    CHECK(one(ask_topics("delete", "[]"), with_deletes())
              .as<delete_request>()
              .topics.empty());
  }

  TEST_CASE("anything else is refused") {
    for (const char* p : {"null", "1", "{}", "[1]", R"(["a",null])",
                          R"([{"topic":"a"}])", R"("\ud83d")"}) {
      CAPTURE(p);
      CHECK(codes_of(ask_topics("delete", p), with_deletes()) ==
            "INVALID_REQUEST");
    }
    CHECK(codes_of(ask_topics("delete", many_names(101)), with_deletes()) ==
          "INVALID_REQUEST");
  }
}

}  // namespace
