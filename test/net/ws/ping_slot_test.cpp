#include "net/ws/ping_slot.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace wskafka::ws;
using std::chrono::seconds;

namespace {

const clock::time_point start = clock::time_point(seconds(1000));
constexpr std::uint64_t nonce = 0xfeedfacecafebeef;

}  // namespace

TEST_SUITE("net/ws/ping_slot") {
  TEST_CASE("a pong confirms what was sent before its ping, and no more") {
    ping_slot slot(nonce);
    slot.sent(4, start);
    slot.sent(7, start);
    const std::string ping = slot.ping(start);
    slot.sent(9, start + seconds(1));
    const auto answer = slot.pong(ping);
    REQUIRE(answer);
    REQUIRE(answer->confirmed);
    CHECK(*answer->confirmed == 7);
    CHECK_FALSE(slot.waiting());
    CHECK(slot.uncovered());
    CHECK(slot.uncovered_since() == start + seconds(1));
  }

  TEST_CASE("the oldest uncovered text counts") {
    ping_slot slot(nonce);
    CHECK_FALSE(slot.uncovered());
    slot.sent(1, start);
    slot.sent(2, start + seconds(5));
    CHECK(slot.uncovered_since() == start);
  }

  TEST_CASE("a keep-alive ping confirms nothing") {
    ping_slot slot(nonce);
    const auto first = slot.pong(slot.ping(start));
    REQUIRE(first);
    CHECK_FALSE(first->confirmed);
    slot.sent(3, start);
    slot.pong(slot.ping(start));
    const auto again = slot.pong(slot.ping(start));
    REQUIRE(again);
    CHECK_FALSE(again->confirmed);
  }

  TEST_CASE("a peer that answers only its latest ping confirms all") {
    ping_slot slot(nonce);
    slot.sent(1, start);
    slot.ping(start);
    slot.sent(2, start);
    const std::string latest = slot.ping(start + seconds(1));
    CHECK(slot.waiting_since() == start);
    CHECK(*slot.pong(latest)->confirmed == 2);
    CHECK_FALSE(slot.waiting());
  }

  TEST_CASE("an answer to the earlier of two pings leaves the later open") {
    ping_slot slot(nonce);
    slot.sent(1, start);
    const std::string earlier = slot.ping(start);
    slot.sent(2, start);
    const std::string later = slot.ping(start + seconds(1));
    CHECK(*slot.pong(earlier)->confirmed == 1);
    CHECK(slot.waiting());
    CHECK(slot.waiting_since() == start + seconds(1));
    CHECK(*slot.pong(later)->confirmed == 2);
    CHECK_FALSE(slot.waiting());
  }

  TEST_CASE("other payloads are no answer") {
    ping_slot slot(nonce);
    slot.sent(5, start);
    const std::string ping = slot.ping(start);
    CHECK_FALSE(slot.pong(""));
    CHECK_FALSE(slot.pong("hello"));
    CHECK_FALSE(slot.pong(std::string(32, 'x')));
    CHECK_FALSE(slot.pong(std::string(32, '0')));
    CHECK_FALSE(slot.pong(ping + "0"));
    CHECK_FALSE(slot.pong(ping.substr(1)));
    std::string ahead = ping;
    ahead.back() = '6';
    CHECK_FALSE(slot.pong(ahead));
    std::string foreign = ping;
    foreign.front() = '0';
    CHECK_FALSE(slot.pong(foreign));
    CHECK(slot.waiting());
    CHECK(slot.pong(ping));
    CHECK_FALSE(slot.pong(ping));  // nothing is open now
  }

  TEST_CASE("nonce and sequence may be as large as they come") {
    ping_slot slot(~0ull);
    slot.sent(~0ull, start);
    const std::string ping = slot.ping(start);
    CHECK(ping.size() <= 125);
    CHECK(*slot.pong(ping)->confirmed == ~0ull);
  }

  TEST_CASE("after a time without reading what is open counts from there") {
    ping_slot slot(nonce);
    slot.ping(start);
    slot.restart(start + seconds(9));
    CHECK(slot.waiting_since() == start + seconds(9));
  }
}
