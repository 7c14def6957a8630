#include "test/net/ws/fake_shard.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace wskafka;
using std::chrono::milliseconds;
using test::fake_shard;

namespace {

std::vector<std::string> pings(const fake_shard& shard) {
  return shard.sent(ws::opcode::ping);
}

/// A peer that is alive: answers each ping.
void answer(fake_shard& shard) {
  shard.peer->pong(pings(shard).back());
}

std::vector<std::uint64_t> confirmations(const fake_shard& shard) {
  std::vector<std::uint64_t> found;
  for (const auto& c : shard.told<ws::confirmed>())
    found.push_back(c.sequence);
  return found;
}

using numbers = std::vector<std::uint64_t>;

}  // namespace

TEST_SUITE("net/ws/peer deadlines") {
  TEST_CASE("the first ping comes within the interval, then one in each") {
    fake_shard shard(fake_shard::settings());
    shard.pass(milliseconds(20'000));
    REQUIRE(pings(shard).size() == 1);
    shard.all_written();
    for (std::size_t i = 2; i <= 5; ++i) {
      answer(shard);
      shard.turn();
      shard.pass(milliseconds(20'000));
      shard.all_written();
      CHECK(pings(shard).size() == i);
    }
    CHECK_FALSE(shard.ended);
  }

  TEST_CASE("peers that came together are pinged apart") {
    // Where in the interval is the nonce's to say.
    for (const unsigned nonce : {1'000, 7'000, 13'000}) {
      fake_shard shard(fake_shard::settings(), nonce);
      const milliseconds due(nonce);
      shard.pass(due - milliseconds(1));
      CHECK(pings(shard).empty());
      shard.pass(milliseconds(100));
      CHECK(pings(shard).size() == 1);
    }
  }

  TEST_CASE("a ping that is not answered for the interval ends it") {
    fake_shard shard(fake_shard::settings());
    shard.pass(milliseconds(100));
    REQUIRE(pings(shard).size() == 1);
    shard.all_written();
    shard.pass(milliseconds(19'800));
    CHECK_FALSE(shard.ended);
    shard.pass(milliseconds(400));
    CHECK(shard.ended == 4012);
    shard.pass(milliseconds(700));
    CHECK_FALSE(shard.dropped);
    shard.pass(milliseconds(200));
    CHECK(shard.dropped);
    const auto closed = shard.told<ws::closed>();
    REQUIRE(closed.size() == 1);
    CHECK(closed[0].reason == ws::close_reason::no_pong);
    CHECK(closed[0].code == 4012);
  }

  TEST_CASE("a pong of its own making is no answer") {
    fake_shard shard(fake_shard::settings());
    for (int i = 0; i < 60; ++i) {
      shard.peer->pong("alive");
      shard.pass(milliseconds(1'000));
      shard.all_written();
    }
    CHECK(shard.ended == 4012);
  }

  TEST_CASE("a peer that takes bytes may answer later") {
    fake_shard shard(fake_shard::settings());
    shard.send("much");
    shard.pass(milliseconds(100));
    REQUIRE(pings(shard).size() == 1);
    for (int i = 0; i < 60; ++i) {
      shard.taken_bytes += 10;
      shard.pass(milliseconds(1'000));
    }
    CHECK_FALSE(shard.ended);
    shard.all_written();
    shard.pass(milliseconds(20'100));
    CHECK(shard.ended == 4012);
  }

  TEST_CASE("also when the kernel has all of them already") {
    fake_shard shard(fake_shard::settings());
    shard.send("much");
    shard.pass(milliseconds(100));
    REQUIRE(pings(shard).size() == 1);
    shard.all_written();
    for (int i = 0; i < 60; ++i) {
      shard.taken_bytes += 10;
      shard.pass(milliseconds(1'000));
    }
    CHECK_FALSE(shard.ended);
    shard.pass(milliseconds(25'100));
    CHECK(shard.ended == 4012);
  }

  TEST_CASE("while it is not read the wait for a pong stands still") {
    fake_shard shard(fake_shard::settings());
    shard.pass(milliseconds(100));
    REQUIRE(pings(shard).size() == 1);
    shard.all_written();
    shard.pass(milliseconds(16'900));
    for (int i = 0; i < 3; ++i)
      shard.peer->received(std::string(800, 'x'), false);
    REQUIRE_FALSE(shard.reading);
    shard.pass(milliseconds(4'500));
    CHECK_FALSE(shard.ended);
    shard.events.clear();
    shard.turn();
    REQUIRE(shard.reading);
    shard.pass(milliseconds(19'000));
    CHECK_FALSE(shard.ended);
    shard.pass(milliseconds(1'100));
    CHECK(shard.ended == 4012);
  }

  TEST_CASE("what is to be confirmed is pinged for after the interval") {
    fake_shard shard(fake_shard::settings());
    shard.pass(milliseconds(100));  // the first keep-alive
    answer(shard);
    shard.send("a", 1);
    shard.pass(milliseconds(300));
    shard.send("b", 2);
    shard.pass(milliseconds(190));
    CHECK(pings(shard).size() == 1);
    shard.pass(milliseconds(60));
    REQUIRE(pings(shard).size() == 2);
    answer(shard);
    CHECK(confirmations(shard) == numbers{2});
    shard.pass(milliseconds(5'000));
    CHECK(pings(shard).size() == 2);
  }

  TEST_CASE("without an answer nothing is confirmed") {
    fake_shard shard(fake_shard::settings());
    shard.send("a", 1);
    shard.pass(milliseconds(10'000));
    CHECK(pings(shard).size() == 1);
    CHECK(confirmations(shard).empty());
  }

  TEST_CASE("an answer arms the next ping when more was sent") {
    fake_shard shard(fake_shard::settings());
    shard.send("a", 1);
    shard.pass(milliseconds(600));
    REQUIRE(pings(shard).size() == 1);
    shard.send("b", 2);
    shard.pass(milliseconds(5'000));
    CHECK(pings(shard).size() == 1);  // one at a time
    answer(shard);
    shard.turn();
    CHECK(confirmations(shard) == numbers{1});
    REQUIRE(pings(shard).size() == 2);  // it is due by now
    answer(shard);
    CHECK(confirmations(shard) == numbers{1, 2});
  }

  TEST_CASE("asked to confirm now it pings behind the last text") {
    fake_shard shard(fake_shard::settings());
    shard.send("a", 1);
    shard.peer->confirm();
    shard.turn();
    CHECK(shard.writes.size() == 1);
    REQUIRE(pings(shard).size() == 1);
    CHECK(shard.out.find("\x89") > shard.out.find("a"));
    SUBCASE("and not again while that covers all") {
      shard.peer->confirm();
      shard.turn();
      CHECK(pings(shard).size() == 1);
    }
    SUBCASE("and again when more was sent, answered or not") {
      shard.send("b", 2);
      shard.peer->confirm();
      shard.turn();
      REQUIRE(pings(shard).size() == 2);
      answer(shard);
      CHECK(confirmations(shard) == numbers{2});
    }
  }

  TEST_CASE("asked to confirm nothing it does nothing") {
    fake_shard shard(fake_shard::settings());
    shard.send("a");
    shard.peer->confirm();
    shard.turn();
    CHECK(pings(shard).empty());
  }

  TEST_CASE("a peer that takes no byte for slow_timeout is ended") {
    fake_shard shard(fake_shard::settings());
    shard.pass(milliseconds(100));
    answer(shard);
    shard.all_written();
    shard.send("much");
    shard.turn();
    for (int i = 0; i < 10; ++i) {
      shard.taken_bytes += 1;
      shard.pass(milliseconds(4'000));
      if (!pings(shard).empty())
        answer(shard);
    }
    CHECK_FALSE(shard.ended);
    shard.pass(milliseconds(19'000));
    answer(shard);
    shard.pass(milliseconds(6'500));
    CHECK_FALSE(shard.ended);
    shard.pass(milliseconds(4'000));
    CHECK(shard.ended == 4008);
    shard.pass(milliseconds(1'100));
    CHECK(shard.dropped);
    const auto closed = shard.told<ws::closed>();
    REQUIRE(closed.size() == 1);
    CHECK(closed[0].reason == ws::close_reason::slow);
    CHECK(closed[0].code == 1006);
  }

  TEST_CASE("while the process is pressed slow means five seconds") {
    fake_shard shard(fake_shard::settings(), {1'000'000, 2'000, 1'000},
                     {10'000, 2'000, 1'000});
    const net::charge others(shard.book.open(), net::direction::out, 9'500);
    shard.send("much");
    shard.pass(milliseconds(4'900));
    CHECK_FALSE(shard.ended);
    shard.pass(milliseconds(3'000));
    CHECK(shard.ended == 4008);
  }

  TEST_CASE("an impatient one ends when records wait and nothing is taken") {
    fake_shard shard(fake_shard::settings());
    shard.peer->be_impatient(true);
    shard.send(std::string(1'200, 'x'));
    shard.turn();
    // Nobody waits for room.
    shard.pass(milliseconds(6'000));
    CHECK_FALSE(shard.ended);
    CHECK(shard.account->wait_low(net::gate::deliver));
    SUBCASE("it takes bytes") {
      for (int i = 0; i < 10; ++i) {
        shard.taken_bytes += 1;
        shard.pass(milliseconds(1'000));
      }
      CHECK_FALSE(shard.ended);
    }
    SUBCASE("it does not") {
      shard.pass(milliseconds(2'600));
      CHECK(shard.ended == 4008);
    }
    SUBCASE("it may be slow again") {
      shard.peer->be_impatient(false);
      shard.pass(milliseconds(6'000));
      CHECK_FALSE(shard.ended);
    }
  }

  TEST_CASE("who waits for us to read is not slow") {
    auto settings = fake_shard::settings();
    settings.publish_stall = milliseconds(60'000);
    fake_shard shard(settings);
    shard.send("much");
    for (int i = 0; i < 3; ++i)
      shard.peer->received(std::string(800, 'x'), false);
    shard.pass(milliseconds(50'000));
    CHECK_FALSE(shard.ended);
  }

  TEST_CASE("who lets replies pile up is") {
    fake_shard shard(fake_shard::settings());
    shard.send(std::string(2'001, 'r'));
    shard.turn();
    shard.peer->received("x", false);
    REQUIRE_FALSE(shard.reading);
    shard.pass(milliseconds(40'000));
    CHECK(shard.ended == 4008);
  }

  TEST_CASE("a message that is not finished in time ends it") {
    fake_shard shard(fake_shard::settings());
    shard.pass(milliseconds(100));
    answer(shard);
    shard.peer->partial(10);
    shard.pass(milliseconds(15'000));
    shard.peer->partial(20);
    answer(shard);
    shard.pass(milliseconds(14'900));
    answer(shard);
    CHECK_FALSE(shard.ended);
    shard.pass(milliseconds(200));
    CHECK(shard.ended == 1002);
    shard.peer->gone(ws::close_reason::peer, 1002);
    CHECK(shard.told<ws::closed>().at(0).reason ==
          ws::close_reason::message_timeout);
  }

  TEST_CASE("one that is finished does not") {
    fake_shard shard(fake_shard::settings());
    shard.peer->partial(10);
    SUBCASE("by coming whole") {
      shard.peer->received("x", false);
    }
    SUBCASE("being but a control frame") {
      shard.peer->whole();
    }
    for (int i = 0; i < 4; ++i) {
      shard.pass(milliseconds(10'000));
      shard.all_written();
      answer(shard);
    }
    CHECK_FALSE(shard.ended);
  }

  TEST_CASE("too many fragments are told as such") {
    fake_shard shard(fake_shard::settings());
    shard.peer->too_fragmented();
    shard.peer->gone(ws::close_reason::protocol_error, 1002);
    CHECK(shard.told<ws::closed>().at(0).reason ==
          ws::close_reason::message_timeout);
  }

  TEST_CASE("a close comes at its time and is dropped after its patience") {
    fake_shard shard(fake_shard::settings());
    shard.peer->close_at(shard.time + milliseconds(3'000));
    shard.pass(milliseconds(2'900));
    CHECK_FALSE(shard.ended);
    shard.pass(milliseconds(200));
    CHECK(shard.ended == 1012);
    shard.pass(milliseconds(4'500));
    CHECK_FALSE(shard.dropped);
    SUBCASE("after its own") {
      shard.pass(milliseconds(600));
      CHECK(shard.dropped);
    }
    SUBCASE("or earlier when there is less of it") {
      shard.peer->close(ws::close_reason::restart, milliseconds(100));
      shard.pass(milliseconds(150));
      CHECK(shard.dropped);
    }
    CHECK(shard.told<ws::closed>().at(0).reason == ws::close_reason::restart);
    CHECK(shard.counted.closed[static_cast<int>(ws::close_reason::restart)]
              .get() == 1);
  }

  TEST_CASE("an end that we did not bring about is told as it was seen") {
    fake_shard shard(fake_shard::settings());
    shard.peer->gone(ws::close_reason::peer, 1001);
    const auto closed = shard.told<ws::closed>();
    REQUIRE(closed.size() == 1);
    CHECK(closed[0].reason == ws::close_reason::peer);
    CHECK(closed[0].code == 1001);
  }
}
