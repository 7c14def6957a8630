#include "protocol/render.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace wskafka::protocol {

namespace {

using header = std::pair<std::string, std::optional<std::string>>;

/// A batch of one record with these parts, behind others' bytes.
record_batch batch_of(const std::optional<std::string>& key,
                      const std::vector<header>& headers) {
  record_batch batch;
  batch.topic = "t\"";
  batch.partition = 7;
  batch.arena = "before";
  record r;
  r.offset = 1'234'567'890'123;
  r.timestamp = 5;
  r.value_begin = 6;
  r.value_size = 2;
  r.null_key = !key;
  batch.arena += "vv" + key.value_or("");
  r.key_size = static_cast<std::uint32_t>(key.value_or("").size());
  const std::size_t size = batch.arena.size();
  for (const auto& [name, value] : headers)
    append_header(batch.arena, name, value);
  r.headers_size = static_cast<std::uint32_t>(batch.arena.size() - size);
  batch.records = {r};
  return batch;
}

std::string meta_of(const record_batch& batch) {
  std::string out = "[";
  append_meta(out, batch, batch.records[0]);
  return out.substr(1);
}

TEST_SUITE("protocol/meta") {
  TEST_CASE("the parts of a record lie one behind the other") {
    const auto batch = batch_of("kk", {{"h", "x"}});
    const record& r = batch.records[0];
    CHECK(batch.value(r) == "vv");
    CHECK(batch.key(r) == "kk");
    CHECK(record_batch::charge(r) == 200 + 2 + 2 + r.headers_size);
  }

  TEST_CASE("everything, in this order") {
    CHECK(
        meta_of(batch_of("k\n", {{"h", "x"}, {"h", std::nullopt}, {"", ""}})) ==
        R"({"topic":"t\"","partition":7,"offset":1234567890123,"timestamp":5,)"
        R"("key":"k\n","headers":[["h","x"],["h",null],["",""]]})");
  }

  TEST_CASE("what is not there is null, and bytes are base64") {
    auto batch = batch_of(std::nullopt, {});
    batch.records[0].timestamp = -1;
    CHECK(
        meta_of(batch) ==
        R"({"topic":"t\"","partition":7,"offset":1234567890123,"timestamp":null,)"
        R"("key":null,"headers":[]})");
    CHECK(
        meta_of(batch_of("\xff", {{"\xff", "\xfe"}})) ==
        R"({"topic":"t\"","partition":7,"offset":1234567890123,"timestamp":5,)"
        R"("key":"/w==","key_encoding":"base64","headers":[["?","/g==","base64"]]})");
  }

  TEST_CASE("whatever the bytes, it is JSON that says them") {
    std::mt19937 random(11);
    const auto bytes = [&random] {
      std::string some(random() % 5, '\0');
      for (char& c : some)
        c = static_cast<char>(random() % 3 == 0 ? random() % 256
                                                : 'a' + random() % 26);
      return some;
    };
    for (int i = 0; i < 2000; ++i) {
      std::vector<header> headers;
      for (auto count = random() % 4; count > 0; --count)
        headers.emplace_back("n", random() % 4 == 0
                                      ? std::nullopt
                                      : std::optional<std::string>(bytes()));
      const std::string key = bytes();
      const auto meta = nlohmann::json::parse(meta_of(batch_of(key, headers)));
      CHECK(meta.count("key_encoding") + (meta["key"] == key ? 1 : 0) == 1);
      REQUIRE(meta["headers"].size() == headers.size());
      for (std::size_t h = 0; h < headers.size(); ++h) {
        const auto& told = meta["headers"][h];
        if (!headers[h].second)
          CHECK(told[1].is_null());
        else if (told.size() == 2)
          CHECK(told[1] == *headers[h].second);
        else
          CHECK(told[2] == "base64");
      }
    }
  }
}

}  // namespace

}  // namespace wskafka::protocol
