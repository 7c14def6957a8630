#include "tools/wskafka-load/scan.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <random>
#include <string>
#include <vector>

using namespace wskafka::load;
using nlohmann::json;

namespace {

/// Any JSON value, with everything that may mislead a scanner in its strings.
json random_value(std::mt19937& random, int depth) {
  static const char* const texts[] = {
      "",       "\"",          "\\",   "\\\"",     "},{", "]",
      "\"p\":", "[{\"p\":1}]", "\\\\", "\u00e4\n", "x\\", "{\"id\":"};
  switch (random() % (depth > 3 ? 4 : 6)) {
    case 0:
      return texts[random() % std::size(texts)];
    case 1:
      return static_cast<int>(random() % 1000);
    case 2:
      return -1.5e30;
    case 3:
      return random() % 2 == 0 ? json(nullptr) : json(true);
    case 4: {
      json list = json::array();
      for (auto i = random() % 4; i > 0; --i)
        list.push_back(random_value(random, depth + 1));
      return list;
    }
    default: {
      json object = json::object();
      for (auto i = random() % 4; i > 0; --i)
        object[texts[random() % std::size(texts)]] =
            random_value(random, depth + 1);
      return object;
    }
  }
}

}  // namespace

TEST_SUITE("tools/load/scan") {
  TEST_CASE("a delivery is taken apart") {
    std::vector<element> elements;
    REQUIRE(scan_deliveries(
        R"([{"id":3,"t":"notif","p":"hello"},{"id":4,"p":null,"meta":{"x":1}}])",
        elements));
    REQUIRE(elements.size() == 2);
    CHECK(elements[0].payload == "\"hello\"");
    CHECK(elements[0].meta.empty());
    CHECK(elements[1].payload == "null");
    CHECK(elements[1].meta == R"({"x":1})");
    CHECK(unquoted(elements[0].payload) == "hello");
    CHECK(unquoted(elements[1].payload).empty());
  }

  TEST_CASE("elements are counted exactly, whatever is in them") {
    std::mt19937 random(7);
    for (int round = 0; round < 3000; ++round) {
      json list = json::array();
      for (auto i = random() % 5; i > 0; --i) {
        json one = {{"id", random_value(random, 0)}, {"t", "notif"}};
        if (random() % 8 > 0)
          one["p"] = random_value(random, 0);
        list.push_back(one);
      }
      const std::string text = list.dump(round % 2 == 0 ? -1 : 1);
      CAPTURE(text);
      std::vector<element> elements;
      REQUIRE(scan_deliveries(text, elements));
      REQUIRE(elements.size() == list.size());
      for (std::size_t i = 0; i < elements.size(); ++i) {
        if (list[i].contains("p"))
          CHECK(json::parse(elements[i].payload) == list[i]["p"]);
        else
          CHECK(elements[i].payload.empty());
      }
    }
  }

  TEST_CASE("what is cut or no array of objects is refused") {
    const std::string whole = R"([{"id":3,"p":"a\"]"},{"p":[1,{"x":[]}]}])";
    std::vector<element> elements;
    REQUIRE(scan_deliveries(whole, elements));
    for (std::size_t size = 0; size < whole.size(); ++size)
      CHECK_FALSE(scan_deliveries(whole.substr(0, size), elements));
    for (const char* text :
         {"[1]", "[{}", "{}", "[{}]]", "[{}] x", "[{},]", "[{\"p\"}]",
          "[{\"p\":}]", "[{\"p\":1,}]", "[{\"p\":[1}]}]", ""})
      CHECK_FALSE(scan_deliveries(text, elements));
    CHECK_FALSE(
        scan_deliveries("[{\"p\":" + std::string(100000, '['), elements));
  }

  TEST_CASE("a refusal tells which message, and why") {
    reply got;
    REQUIRE(scan_reply(
        R"({"id":9,"refid":17,"t":"notif","a":"create","s":1,"p":{"code":"QUEUE_FULL","message":"no","retriable":true,"persisted":"no"}})",
        got));
    CHECK(got.failed());
    CHECK(got.refid == "17");
    CHECK(unquoted(got.code) == "QUEUE_FULL");
    CHECK(unquoted(got.persisted) == "no");
  }

  TEST_CASE("a success has no code, and its payload may be anything") {
    reply got;
    REQUIRE(scan_reply(R"( {"refid":"fence","s":0,"p":["code"]} )", got));
    CHECK_FALSE(got.failed());
    CHECK(got.refid == "\"fence\"");
    CHECK(got.code.empty());
    CHECK_FALSE(scan_reply("[]", got));
    CHECK(is_array(" [{}]"));
    CHECK_FALSE(is_array("{}"));
  }
}
