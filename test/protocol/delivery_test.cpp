#include "protocol/record_batch.hpp"
#include "protocol/render.hpp"
#include "protocol/utf8.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <limits>
#include <random>
#include <string>

namespace {

using namespace wskafka::protocol;

std::string delivered(std::string_view value, bool null_value = false,
                      std::uint64_t id = 3) {
  std::string out;
  append_delivery(out, id, value, null_value);
  CHECK(out.size() <= delivery_bound(value.size()));
  return out;
}

TEST_SUITE("protocol/delivery") {
  TEST_CASE("a text goes as a string, also when it is JSON") {
    CHECK(delivered("hello") == R"({"id":3,"t":"notif","p":"hello"})");
    CHECK(delivered("") == R"({"id":3,"t":"notif","p":""})");
    CHECK(delivered(R"({"a":[1,"\n"]})") ==
          R"({"id":3,"t":"notif","p":"{\"a\":[1,\"\\n\"]}"})");
    CHECK(delivered("h\xc3\xa9 \xf0\x9f\x98\x80\n") ==
          "{\"id\":3,\"t\":\"notif\",\"p\":\"h\xc3\xa9 \xf0\x9f\x98\x80\\n\"}");
    CHECK(delivered(std::string("\0\x7f", 2)) ==
          "{\"id\":3,\"t\":\"notif\",\"p\":\"\\u0000\x7f\"}");
  }

  TEST_CASE("a null value is null, whatever bytes come with it") {
    CHECK(delivered("", true) == R"({"id":3,"t":"notif","p":null})");
    CHECK(delivered("x", true) == R"({"id":3,"t":"notif","p":null})");
  }

  TEST_CASE("bytes that are not UTF-8 go as base64 and say so") {
    CHECK(delivered("\xff") ==
          R"({"id":3,"t":"notif","p":"/w==","encoding":"base64"})");
    CHECK(delivered("ab\xed\xa0\x80") ==
          R"({"id":3,"t":"notif","p":"YWLtoIA=","encoding":"base64"})");
    CHECK(
        delivered(std::string(40, 'x') + "\xc3") ==
        R"({"id":3,"t":"notif","p":"eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eMM=","encoding":"base64"})");
  }

  TEST_CASE("the bound holds for the worst of every size") {
    const auto longest = std::numeric_limits<std::uint64_t>::max();
    for (std::size_t size = 0; size < 100; ++size) {
      delivered(std::string(size, '\x01'), false, longest);
      delivered(std::string(size, '\xff'), false, longest);
      delivered(std::string(size, '"'), true, longest);
    }
    const std::string big(3000000, '\x01');
    CHECK(delivered(big, false, longest).size() > 18000000);
  }

  TEST_CASE("random bytes arrive as they were, by an independent reader") {
    std::mt19937 random(20261123);
    int texts = 0;
    int binaries = 0;
    for (int round = 0; round < 4000; ++round) {
      std::string value(random() % 200, '\0');
      const unsigned width = round % 2 == 0 ? 128 : 256;
      for (char& c : value) {
        c = static_cast<char>(random() % width);
      }
      CAPTURE(round);
      const auto read =
          nlohmann::json::parse(delivered(value, false, random()));
      if (valid_utf8(value)) {
        ++texts;
        CHECK(read["p"] == value);
        CHECK(!read.contains("encoding"));
      } else {
        ++binaries;
        CHECK(read["encoding"] == "base64");
        CHECK(read["p"].get<std::string>().size() ==
              (value.size() + 2) / 3 * 4);
      }
    }
    CHECK(texts >= 2000);
    CHECK(binaries >= 1000);
  }
}

TEST_SUITE("protocol/record_batch") {
  TEST_CASE("a record's value is its part of the arena") {
    record_batch batch;
    batch.arena = "onetwo";
    record r;
    r.value_begin = 3;
    r.value_size = 3;
    CHECK(batch.value(r) == "two");
    r.value_size = 0;
    CHECK(batch.value(r).empty());
    CHECK(record_batch::charge(r) == 200);
  }
}

}  // namespace
