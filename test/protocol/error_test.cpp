#include "protocol/error.hpp"

#include <doctest/doctest.h>

#include <set>
#include <string>
#include <vector>

namespace {

using namespace wskafka::protocol;

struct row {
  error_code code;
  const char* text;
  bool retriable;
};

// As `protocol.md` "Failure" lists them.
const std::vector<row> rows = {
    {error_code::invalid_json, "INVALID_JSON", false},
    {error_code::invalid_request, "INVALID_REQUEST", false},
    {error_code::unknown_type, "UNKNOWN_TYPE", false},
    {error_code::unknown_action, "UNKNOWN_ACTION", false},
    {error_code::not_authenticated, "NOT_AUTHENTICATED", false},
    {error_code::not_authorized, "NOT_AUTHORIZED", false},
    {error_code::timeout, "TIMEOUT", true},
    {error_code::broker_unavailable, "BROKER_UNAVAILABLE", true},
    {error_code::queue_full, "QUEUE_FULL", true},
    {error_code::rate_limited, "RATE_LIMITED", true},
    {error_code::limit_reached, "LIMIT_REACHED", true},
    {error_code::superseded, "SUPERSEDED", false},
    {error_code::shutting_down, "SHUTTING_DOWN", true},
    {error_code::internal, "INTERNAL", true},
};

TEST_SUITE("protocol/error") {
  TEST_CASE("every code has its text and knows whether to try again") {
    std::set<std::string> texts;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const auto code = static_cast<error_code>(i);
      CHECK(code == rows[i].code);
      CHECK(to_string(code) == rows[i].text);
      CHECK(retriable(code) == rows[i].retriable);
      texts.insert(std::string(to_string(code)));
    }
    CHECK(texts.size() == rows.size());
    CHECK(error_code::internal == rows.back().code);
  }

  TEST_CASE("a failure takes text and retriability from its code") {
    const failure ours(error_code::timeout, "Too late.");
    CHECK(ours.code == "TIMEOUT");
    CHECK(ours.message == "Too late.");
    CHECK(ours.retriable);
    const failure kafkas("TOPIC_ALREADY_EXISTS", "It exists.", false);
    CHECK(kafkas.code == "TOPIC_ALREADY_EXISTS");
    CHECK(!kafkas.retriable);
  }
}

}  // namespace
