#include "test/protocol/parsing.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace wskafka::protocol;
using test::codes_of;
using test::one;
using test::repeated;

using names = std::vector<std::string_view>;

std::string shaped(const std::string& p) {
  return R"({"id":1,"t":"topic","a":"create","p":)" + p + "}";
}

std::string wrong_shape(const std::string& p) {
  return one(shaped(p)).as<bad_request>().why.message;
}

TEST_SUITE("protocol/topic_shapes") {
  TEST_CASE("what is told of a topic is read, and names go on beside it") {
    one m(shaped(R"([
      "plain",
      {"topic": "a", "partitions": 12, "replication_factor": 3,
       "config": {"retention.ms": "1000", "min.insync.replicas": 2,
                  "preallocate": true, "x": "\u0061\""}},
      {"partitions": 1, "topic": "b"},
      {"topic": "bare"}])"));
    const auto& request = m.as<create_request>();
    CHECK(request.topics == names{"plain", "a", "b", "bare"});
    REQUIRE(request.shapes.size() == 2);
    const topic_shape& a = request.shapes[0];
    CHECK(a.topic == "a");
    CHECK(a.partitions == 12);
    CHECK(a.replication_factor == 3);
    REQUIRE(a.config.size() == 4);
    CHECK(a.config[0].name == "min.insync.replicas");
    CHECK(a.config[0].value == "2");
    CHECK(a.config[1].value == "true");
    CHECK(a.config[2].name == "retention.ms");
    CHECK(a.config[2].value == "1000");
    CHECK(a.config[3].value == "a\"");
    const topic_shape& b = request.shapes[1];
    CHECK(b.partitions == 1);
    CHECK_FALSE(b.replication_factor);
    CHECK(b.config.empty());
  }

  TEST_CASE("the same topic the same way counts once") {
    one m(shaped(R"([{"topic":"a","partitions":2,"config":{"x":1,"y":"2"}},
                     {"config":{"y":"2","x":1},"topic":"\u0061","partitions":2},
                     {"topic":"b"},"b",{"topic":"b"}])"));
    const auto& request = m.as<create_request>();
    CHECK(request.topics == names{"a", "b"});
    CHECK(request.shapes.size() == 1);
  }

  TEST_CASE("and two ways it is refused") {
    for (const char* p :
         {R"([{"topic":"a","partitions":2},{"topic":"a","partitions":3}])",
          R"([{"topic":"a","partitions":2},{"topic":"a"}])",
          R"([{"topic":"a"},{"topic":"a","partitions":2}])",
          R"([{"topic":"a","partitions":2},"a"])",
          R"(["a",{"topic":"a","replication_factor":1}])",
          R"([{"topic":"a","config":{"x":1}},{"topic":"a","config":{"x":2}}])",
          R"([{"topic":"a","config":{"x":1}},{"topic":"a","config":{"y":1}}])",
          R"([{"topic":"a","config":{"x":1}},{"topic":"a","config":{}}])"}) {
      CAPTURE(p);
      CHECK(wrong_shape(p) ==
            "p names the topic \"a\" twice, and not the same way.");
    }
  }

  TEST_CASE("names against the rule fail alone, whatever is told of them") {
    one m(shaped(R"([{"topic":"b c","partitions":2},{"topic":"__d"},
                     {"topic":"e","partitions":2}])"));
    const auto& request = m.as<create_request>();
    CHECK(request.topics == names{"e"});
    CHECK(request.refused.size() == 2);
    REQUIRE(request.shapes.size() == 1);
    CHECK(request.shapes[0].topic == "e");
  }

  TEST_CASE("numbers have bounds") {
    const auto code = [](const std::string& more) {
      return codes_of(shaped("[{\"topic\":\"a\"," + more + "}]"));
    };
    for (const char* good :
         {R"("partitions":1)", R"("partitions":100000)",
          R"("replication_factor":1)", R"("replication_factor":10000)"}) {
      CHECK(code(good) == "accepted");
    }
    for (const char* key : {"partitions", "replication_factor"}) {
      for (const char* bad : {"0", "-1", "1.5", "1e1", "\"3\"", "null", "[]",
                              "{}", "true", "100001", "99999999999999999999"}) {
        CAPTURE(bad);
        CHECK(code('"' + std::string(key) + "\":" + bad) == "INVALID_REQUEST");
      }
    }
    CHECK(code(R"("replication_factor":10001)") == "INVALID_REQUEST");
    CHECK(wrong_shape(R"([{"topic":"a","partitions":0}])") ==
          "The partitions of the topic \"a\" must be a whole number from 1 to "
          "100000.");
    CHECK(wrong_shape(R"([{"topic":"a","partitions":60000},
                  {"topic":"b","partitions":40001}])") ==
          "p asks for 100001 partitions, more than the 100000 that one request "
          "may ask for.");
  }

  TEST_CASE("settings are texts, numbers or truth values") {
    const auto code = [](const std::string& config) {
      return codes_of(shaped("[{\"topic\":\"a\",\"config\":" + config + "}]"));
    };
    CHECK(code("{}") == "accepted");
    CHECK(code(R"({"x":""})") == "accepted");
    for (const char* bad :
         {"null", "[]", "1", "\"x\"", R"({"x":null})", R"({"x":[]})",
          R"({"x":{}})", R"({"x":"\ud83d"})", R"({"\ud83d":1})", R"({"":1})",
          R"({"x":1,"\u0078":2})", R"({"x\u0000y":1})", R"({"x":"a\u0000"})"}) {
      CAPTURE(bad);
      CHECK(code(bad) == "INVALID_REQUEST");
    }
    std::string many = "\"s0\":1";
    for (int i = 1; i < 100; ++i) {
      many += ",\"s" + std::to_string(i) + "\":1";
    }
    CHECK(code("{" + many + "}") == "accepted");
    CHECK(code("{" + many + ",\"s100\":1}") == "INVALID_REQUEST");
    CHECK(wrong_shape(R"([{"topic":"a","config":{"x":null}}])") ==
          "The config of the topic \"a\" must give \"x\" a string, a number, "
          "true or false.");
  }

  TEST_CASE("no other keys, none twice, and a topic in each") {
    CHECK(wrong_shape(R"([{"topic":"a","partition":3}])") ==
          "Each element of p must be the name of a topic, or an object with "
          "its name as topic.");
    CHECK(wrong_shape(R"([{"topic":"a","replicas":3}])") ==
          "The topic \"a\" has the key \"replicas\"; beside \"topic\" it may "
          "have \"partitions\", \"replication_factor\" and \"config\".");
    for (const char* p :
         {"[{}]", R"([{"partitions":1}])", R"([{"topic":1}])",
          R"([{"topic":null}])", R"([{"topic":"\ud83d"}])",
          R"([{"topic":"a","topic":"a"}])", R"([{"topic":"a","\ud83d":1}])",
          R"([{"topic":"a","partitions":1,"partitions":1}])",
          R"([{"topic":"a","config":{},"config":{}}])",
          R"([{"topic":"a","partition":0,"offset":0}])",
          R"([{"topic":"a","partitions":1},1])", R"({"topic":"a"})"}) {
      CAPTURE(p);
      CHECK(codes_of(shaped(p)) == "INVALID_REQUEST");
    }
  }

  TEST_CASE("as many topics as names, however often each is told") {
    limits bounds;
    bounds.topics_per_request = 2;
    const std::string a = R"({"topic":"a","partitions":1})";
    CHECK(codes_of(shaped("[" + repeated(a, 1000) + ",\"b\"]"), bounds) ==
          "accepted");
    CHECK(codes_of(shaped("[" + a + R"(,"b",{"topic":"c","partitions":1}])"),
                   bounds) == "INVALID_REQUEST");
  }

  TEST_CASE("one message's topics are not another's") {
    parser p{limits{}};
    const std::string one_shape = shaped(R"([{"topic":"a","partitions":2}])");
    const auto& all = p.parse("[" + one_shape + "," + shaped("[\"a\"]") + "," +
                              one_shape + "]");
    REQUIRE(all.size() == 3);
    CHECK(std::get<create_request>(all[0]).shapes.size() == 1);
    CHECK(std::get<create_request>(all[1]).shapes.empty());
    CHECK(std::get<create_request>(all[2]).shapes.size() == 1);
  }

  TEST_CASE("topics with shapes are no records, and the other way round") {
    CHECK(codes_of(R"({"t":"notif","a":"ack","p":[{"topic":"a"}]})") ==
          "INVALID_REQUEST");
    CHECK(codes_of(R"({"t":"notif","a":"ack","p":[{"topic":"a","partition":0,
                   "offset":1,"config":{}}]})") == "INVALID_REQUEST");
    CHECK(codes_of(R"({"t":"notif","a":"ack","p":[{"topic":"a","partition":0,
                   "offset":1}]})") == "accepted");
  }
}

}  // namespace
