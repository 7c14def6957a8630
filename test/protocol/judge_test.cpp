#include "test/protocol/parsing.hpp"
#include "test/protocol/random_json.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <string>

// nlohmann-json knows nothing of our code: what it takes we must take, and
// what it refuses we must refuse.
namespace {

using namespace wskafka::protocol;
using nlohmann::json;
using test::random_json;

enum class opinion { accepts, refuses, differs_by_design };

opinion judge(const std::string& text) {
  // It takes a NUL for the end and skips a byte order mark; we do neither.
  if (text.find('\0') != std::string::npos ||
      text.compare(0, 3, "\xef\xbb\xbf") == 0) {
    return opinion::differs_by_design;
  }
  try {
    const json meant = json::parse(text);
    return meant.is_discarded() ? opinion::refuses : opinion::accepts;
  } catch (const json::out_of_range&) {
    return opinion::differs_by_design;  // a number too large for a double
  } catch (const json::parse_error& error) {
    // It refuses lone surrogates; the grammar does not.
    return std::string(error.what()).find("surrogate") == std::string::npos
               ? opinion::refuses
               : opinion::differs_by_design;
  }
}

bool accepted(parser& p, const std::string& text) {
  const auto& messages = p.parse(text);
  REQUIRE(!messages.empty());
  for (const auto& m : messages) {
    // The library never contradicts our own check.
    CHECK(test::code_of(m) != "INTERNAL");
  }
  return test::code_of(messages[0]) != "INVALID_JSON";
}

TEST_SUITE("protocol/judge") {
  TEST_CASE("random JSON is taken") {
    parser p{limits{}};
    random_json random(1);
    for (int round = 0; round < 5000; ++round) {
      const std::string text = random.blank() + random.value(6);
      CAPTURE(text);
      REQUIRE(judge(text) == opinion::accepts);
      CHECK(accepted(p, text));
    }
  }

  TEST_CASE("damaged JSON is taken or refused as by the judge") {
    parser p{limits{}};
    random_json random(2);
    int taken = 0;
    int refused = 0;
    for (int round = 0; round < 30000; ++round) {
      std::string text = random.value(4);
      if (round % 2 == 0) {
        text = R"({"id":)" + random.value(2) +
               R"(,"t":"notif","p":{"t":"a","m":)" + text + "}}";
      }
      text = random.mutated(text);
      const opinion expected = judge(text);
      const bool ours = accepted(p, text);
      if (expected != opinion::differs_by_design) {
        CAPTURE(text);
        CHECK(ours == (expected == opinion::accepts));
        ++(ours ? taken : refused);
      }
    }
    CHECK(taken > 3000);
    CHECK(refused > 10000);
  }

  TEST_CASE("values and ids mean the same to the judge") {
    parser p{limits{}};
    random_json random(3);
    int strings = 0;
    int others = 0;
    for (int round = 0; round < 5000; ++round) {
      const std::string m = random.value(5);
      const std::string id = random.value(1);
      const std::string text = "{" + random.blank() + R"("p":{"m":)" +
                               random.blank() + m + random.blank() +
                               R"(,"t":"a"},"id":)" + id + random.blank() +
                               R"(,"t":"notif"})";
      CAPTURE(text);
      const auto& all = p.parse(text);
      REQUIRE(all.size() == 1);
      const auto* request = std::get_if<publish_request>(&all[0]);
      REQUIRE(request != nullptr);
      CHECK(request->head.id == (id == "null" ? "" : id));
      const json meant = json::parse(m);
      if (meant.is_string()) {
        ++strings;
        CHECK(request->value == meant.get<std::string>());
      } else if (meant.is_null()) {
        CHECK(request->null_value);
      } else {
        ++others;
        const std::string value(request->value);
        CHECK(json::parse(value) == meant);
        CHECK(value.find('\n') == std::string::npos);
        CHECK(value.size() <= m.size());
      }
    }
    CHECK(strings > 500);
    CHECK(others > 1000);
  }
}

}  // namespace
