#include "test/net/ws/fake_shard.hpp"

#include <doctest/doctest.h>

using namespace wskafka;
using std::chrono::milliseconds;
using test::fake_shard;

namespace {

/// Its peer takes what it is sent, and answers each ping.
struct idle_shard {
  explicit idle_shard(std::optional<milliseconds> timeout)
      : shard(settings(timeout)) {}

  static ws::peer_settings settings(std::optional<milliseconds> timeout) {
    ws::peer_settings s = fake_shard::settings();
    s.idle_timeout = timeout;
    return s;
  }
  void pass(int seconds) {
    for (int i = 0; i < seconds; ++i) {
      shard.pass(milliseconds(1'000));
      shard.all_written();
      const auto pings = shard.sent(ws::opcode::ping);
      if (pings.size() > answered)
        shard.peer->pong(pings.back());
      answered = pings.size();
    }
  }
  void message() {
    shard.peer->received("{}", false);
    // Nobody works on it.
    shard.events.clear();
  }

  fake_shard shard;
  std::size_t answered = 0;
};

}  // namespace

TEST_SUITE("net/ws/peer/idle") {
  TEST_CASE("who asks for nothing is closed") {
    idle_shard to(milliseconds(60'000));
    to.pass(59);
    CHECK_FALSE(to.shard.ended);
    to.pass(2);
    CHECK(to.shard.ended == 4005);
    to.shard.peer->gone(ws::close_reason::peer, 4005);
    CHECK(to.shard.told<ws::closed>().at(0).reason == ws::close_reason::idle);
  }

  TEST_CASE("without the setting nobody is") {
    idle_shard to(std::nullopt);
    to.pass(10'000);
    CHECK_FALSE(to.shard.ended);
  }

  TEST_CASE("each message begins the time anew") {
    idle_shard to(milliseconds(60'000));
    for (int i = 0; i < 10; ++i) {
      to.pass(50);
      to.message();
    }
    to.pass(59);
    CHECK_FALSE(to.shard.ended);
    // A look may come a quarter later.
    to.pass(16);
    CHECK(to.shard.ended == 4005);
  }

  TEST_CASE("a ping of WebSocket's is no message") {
    idle_shard to(milliseconds(60'000));
    for (int i = 0; i < 7; ++i) {
      to.pass(10);
      to.shard.peer->ping("x");
      to.shard.turn();
      to.shard.all_written();
    }
    CHECK(to.answered > 0);
    CHECK(to.shard.ended == 4005);
  }

  TEST_CASE("who is busy is not idle, nor just after") {
    idle_shard to(milliseconds(60'000));
    std::optional<net::charge> work;
    SUBCASE("a request is in work") {
      work.emplace(to.shard.account, net::direction::in, 1);
      to.pass(200);
      work.reset();
    }
    SUBCASE("a message is unfinished") {
      for (int i = 0; i < 8; ++i) {
        to.shard.peer->partial(1);
        to.pass(25);
        to.shard.peer->whole();
      }
    }
    SUBCASE("something is being written") {
      to.pass(40);
      to.shard.send("much");
      for (int i = 0; i < 40; ++i) {
        ++to.shard.taken_bytes;
        to.shard.pass(milliseconds(1'000));
      }
      to.pass(1);
    }
    to.pass(59);
    CHECK_FALSE(to.shard.ended);
    to.pass(31);
    CHECK(to.shard.ended == 4005);
  }

  TEST_CASE("who may be silent is not closed, nor just after") {
    idle_shard to(milliseconds(60'000));
    to.pass(50);
    to.shard.peer->may_be_silent(true);
    to.pass(1'000);
    to.shard.peer->may_be_silent(false);
    to.pass(59);
    CHECK_FALSE(to.shard.ended);
    to.pass(2);
    CHECK(to.shard.ended == 4005);
  }

  TEST_CASE("who may be silent is not even looked at") {
    idle_shard to(milliseconds(1'000));
    to.shard.peer->may_be_silent(true);
    to.pass(1);
    to.shard.wake.reset();
    to.shard.peer->tick();
    REQUIRE(to.shard.wake);
    CHECK(*to.shard.wake > to.shard.time + milliseconds(1'000));
  }
}
