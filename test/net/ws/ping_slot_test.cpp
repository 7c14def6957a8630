#include "net/ws/ping_slot.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace wskafka::ws;
using std::chrono::seconds;

namespace {

const clock::time_point begun = clock::time_point(seconds(1000));
constexpr std::uint64_t nonce = 0xfeedfacecafebeef;

}  // namespace

TEST_SUITE("net/ws/ping_slot") {
  TEST_CASE("a pong confirms what was sent before its ping, and no more") {
    ping_slot slot(nonce);
    slot.sent(4, begun);
    slot.sent(7, begun);
    const std::string ping = slot.ping(begun);
    slot.sent(9, begun + seconds(1));
    const auto answer = slot.pong(ping);
    REQUIRE(answer);
    REQUIRE(answer->confirmed);
    CHECK(*answer->confirmed == 7);
    CHECK_FALSE(slot.waiting());
    CHECK(slot.uncovered());
    CHECK(slot.uncovered_since() == begun + seconds(1));
  }

  TEST_CASE("the oldest uncovered text counts") {
    ping_slot slot(nonce);
    CHECK_FALSE(slot.uncovered());
    slot.sent(1, begun);
    slot.sent(2, begun + seconds(5));
    CHECK(slot.uncovered_since() == begun);
  }

  TEST_CASE("a keep-alive ping confirms nothing") {
    ping_slot slot(nonce);
    const auto first = slot.pong(slot.ping(begun));
    REQUIRE(first);
    CHECK_FALSE(first->confirmed);
    slot.sent(3, begun);
    slot.pong(slot.ping(begun));
    const auto again = slot.pong(slot.ping(begun));
    REQUIRE(again);
    CHECK_FALSE(again->confirmed);
  }

  TEST_CASE("a peer that answers only its latest ping confirms all") {
    ping_slot slot(nonce);
    slot.sent(1, begun);
    slot.ping(begun);
    slot.sent(2, begun);
    const std::string latest = slot.ping(begun + seconds(1));
    CHECK(slot.waiting_since() == begun);
    CHECK(*slot.pong(latest)->confirmed == 2);
    CHECK_FALSE(slot.waiting());
  }

  TEST_CASE("an answer to the earlier of two pings leaves the later open") {
    ping_slot slot(nonce);
    slot.sent(1, begun);
    const std::string earlier = slot.ping(begun);
    slot.sent(2, begun);
    const std::string later = slot.ping(begun + seconds(1));
    CHECK(*slot.pong(earlier)->confirmed == 1);
    CHECK(slot.waiting());
    CHECK(slot.waiting_since() == begun + seconds(1));
    CHECK(*slot.pong(later)->confirmed == 2);
    CHECK_FALSE(slot.waiting());
  }

  TEST_CASE("other payloads are no answer") {
    ping_slot slot(nonce);
    slot.sent(5, begun);
    const std::string ping = slot.ping(begun);
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
    slot.sent(~0ull, begun);
    const std::string ping = slot.ping(begun);
    CHECK(ping.size() <= 125);
    CHECK(*slot.pong(ping)->confirmed == ~0ull);
  }

  TEST_CASE("after a time without reading what is open counts from there") {
    ping_slot slot(nonce);
    slot.ping(begun);
    slot.restart(begun + seconds(9));
    CHECK(slot.waiting_since() == begun + seconds(9));
  }
}
