#include "test/net/ws/fake_shard.hpp"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <variant>

using namespace wskafka;
using std::chrono::milliseconds;
using test::fake_shard;

namespace {

ws::received& frame(fake_shard& shard, std::size_t i) {
  return std::get<ws::received>(shard.events.at(i));
}

/// A thousand bytes with what is charged beside them.
std::string block() {
  return std::string(800, 'x');
}

}  // namespace

TEST_SUITE("net/ws/peer reading") {
  TEST_CASE("a frame is charged with its bytes and 200 until it is let go") {
    fake_shard shard(fake_shard::settings());
    shard.peer->received("hello", true);
    REQUIRE(shard.events.size() == 1);
    CHECK(frame(shard, 0).text == "hello");
    CHECK(frame(shard, 0).binary);
    CHECK_FALSE(frame(shard, 0).refused);
    CHECK(shard.book.held(net::direction::in) == 205);
    shard.events.clear();
    CHECK(shard.book.held(net::direction::in) == 0);
    CHECK(shard.counted.frames_in.get() == 1);
    CHECK(shard.counted.bytes_in.get() == 5);
  }

  TEST_CASE("an unfinished message is charged as it grows, and once") {
    fake_shard shard(fake_shard::settings(), {1'000'000, 100'000, 50'000});
    shard.peer->partial(4'000);
    CHECK(shard.book.held(net::direction::in) == 0);
    shard.peer->partial(10'000);
    CHECK(shard.book.held(net::direction::in) == 10'000);
    shard.peer->partial(12'000);
    CHECK(shard.book.held(net::direction::in) == 10'000);
    shard.peer->partial(30'000);
    CHECK(shard.book.held(net::direction::in) == 30'000);
    shard.peer->received(std::string(31'000, 'x'), false);
    CHECK(shard.book.held(net::direction::in) == 31'200);
    CHECK(frame(shard, 0).held.bytes() == 31'200);
    shard.events.clear();
    CHECK(shard.book.held(net::direction::in) == 0);
  }

  TEST_CASE("what an unfinished message holds is returned at the end") {
    fake_shard shard(fake_shard::settings());
    shard.peer->partial(10'000);
    shard.peer->gone(ws::close_reason::lost, 1006);
    CHECK(shard.book.held(net::direction::in) == 0);
  }

  TEST_CASE("over the mark it is not read until half of it is free") {
    fake_shard shard(fake_shard::settings());
    shard.peer->received(block(), false);
    shard.peer->received(block(), false);
    CHECK(shard.reading);
    shard.peer->received("x", false);
    CHECK_FALSE(shard.reading);
    CHECK(shard.counted.read_pauses.get() == 1);
    // What was read already still comes, as it is.
    shard.peer->received("y", false);
    CHECK_FALSE(frame(shard, 3).refused);
    frame(shard, 0).held = net::charge();
    shard.turn();
    CHECK_FALSE(shard.reading);
    frame(shard, 1).held = net::charge();
    shard.turn();
    CHECK(shard.reading);
    shard.peer->received(block(), false);
    CHECK(shard.reading);
  }

  TEST_CASE(
      "after publish_stall it is read again and what does not fit is "
      "refused, a read at a time") {
    fake_shard shard(fake_shard::settings());
    for (int i = 0; i < 3; ++i)
      shard.peer->received(block(), false);
    shard.pass(milliseconds(4'900));
    CHECK_FALSE(shard.reading);
    shard.pass(milliseconds(200));
    CHECK(shard.reading);
    shard.peer->received("more", false);
    CHECK(frame(shard, 3).refused);
    CHECK_FALSE(shard.reading);
    CHECK(shard.counted.over_budget.get() == 1);
    shard.pass(milliseconds(50));
    CHECK(shard.reading);
    shard.peer->received("again", false);
    CHECK(frame(shard, 4).refused);
    SUBCASE("until there is room") {
      for (std::size_t i = 0; i < 5; ++i)
        frame(shard, i).held = net::charge();
      shard.turn();
      CHECK(shard.reading);
      shard.peer->received("fits", false);
      CHECK_FALSE(frame(shard, 5).refused);
      CHECK(shard.reading);
    }
    SUBCASE("or a frame fits") {
      frame(shard, 0).held = net::charge();
      frame(shard, 1).held = net::charge();
      shard.pass(milliseconds(50));
      shard.peer->received("fits", false);
      CHECK_FALSE(frame(shard, 5).refused);
      CHECK(shard.reading);
      // A new time of waiting begins when it is over again.
      shard.peer->received(block(), false);
      CHECK_FALSE(frame(shard, 6).refused);
      CHECK_FALSE(shard.reading);
      shard.pass(milliseconds(4'900));
      CHECK_FALSE(shard.reading);
    }
  }

  TEST_CASE("when replies pile up it is not read, and nothing is refused") {
    fake_shard shard(fake_shard::settings());
    shard.send(std::string(2'001, 'r'));
    shard.turn();
    shard.peer->received("x", false);
    CHECK_FALSE(shard.reading);
    shard.pass(milliseconds(10'000));
    CHECK_FALSE(shard.reading);
    CHECK_FALSE(frame(shard, 0).refused);
    shard.write_done();
    CHECK(shard.reading);
  }

  TEST_CASE("records that wait for its ack do not keep the ack unread") {
    fake_shard shard(fake_shard::settings());
    const net::charge waiting(shard.account, net::direction::out, 2'001);
    shard.peer->received("x", false);
    CHECK(shard.reading);
    // Nor once what was on its way has left.
    shard.send("record");
    shard.peer->received("y", false);
    CHECK_FALSE(shard.reading);
    shard.turn();
    CHECK_FALSE(shard.reading);
    shard.write_done();
    CHECK(shard.reading);
    shard.peer->received("ack", false);
    CHECK(shard.reading);
  }

  TEST_CASE("held both ways it is read when both are low") {
    fake_shard shard(fake_shard::settings());
    shard.send(std::string(2'001, 'r'));
    shard.turn();
    for (int i = 0; i < 3; ++i)
      shard.peer->received(block(), false);
    CHECK_FALSE(shard.reading);
    shard.events.clear();
    shard.turn();
    CHECK_FALSE(shard.reading);
    shard.write_done();
    CHECK(shard.reading);
  }

  TEST_CASE("held both ways beyond publish_stall it waits for the peer still") {
    fake_shard shard(fake_shard::settings());
    shard.send(std::string(2'001, 'r'));
    shard.turn();
    for (int i = 0; i < 3; ++i)
      shard.peer->received(block(), false);
    shard.pass(milliseconds(6'000));
    CHECK_FALSE(shard.reading);
    shard.write_done();
    CHECK(shard.reading);
    shard.peer->received("x", false);
    CHECK(frame(shard, 3).refused);
  }

  TEST_CASE("the hooks are gone with the peer") {
    fake_shard shard(fake_shard::settings());
    for (int i = 0; i < 3; ++i)
      shard.peer->received(block(), false);
    shard.resumes_asked = 0;
    shard.peer->gone(ws::close_reason::peer, 1000);
    shard.peer.reset();
    shard.events.clear();
    CHECK(shard.resumes_asked == 0);
    CHECK(shard.book.held(net::direction::in) == 0);
  }

  TEST_CASE("a held connection that is closed is read, to see the answer") {
    fake_shard shard(fake_shard::settings());
    for (int i = 0; i < 3; ++i)
      shard.peer->received(block(), false);
    shard.peer->close(ws::close_reason::server);
    CHECK_FALSE(shard.reading);  // not inside a call from the socket
    shard.turn();
    CHECK(shard.reading);
  }
}
