#include "test/net/ws/fake_shard.hpp"
#include "test/net/ws/test_frame.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace wskafka;
using std::chrono::milliseconds;
using test::fake_shard;
using test::test_frame;
using texts = std::vector<std::string>;

TEST_SUITE("net/ws/peer writing") {
  TEST_CASE("a burst leaves in one write, in order, each text a frame") {
    fake_shard shard(fake_shard::settings());
    shard.send("one");
    shard.send("two");
    shard.send("three");
    CHECK(shard.writes.empty());
    shard.turn();
    CHECK(shard.writes.size() == 1);
    CHECK(shard.sent(ws::opcode::text) == texts{"one", "two", "three"});
    CHECK(shard.counted.frames_out.get() == 3);
    CHECK(shard.counted.bytes_out.get() == 11);
  }

  TEST_CASE("charges go when the write is done, and not before") {
    fake_shard shard(fake_shard::settings());
    shard.send("12345");
    shard.send("67");
    shard.turn();
    CHECK(shard.book.held(net::direction::out) == 7);
    shard.write_done();
    CHECK(shard.book.held(net::direction::out) == 0);
  }

  TEST_CASE("a shared frame goes behind what was sent before") {
    fake_shard shard(fake_shard::settings());
    shard.send("own");
    const auto frame = test_frame::make("shared", shard.book);
    shard.peer->send_shared(frame);
    REQUIRE(shard.writes.size() == 1);
    CHECK(shard.shared.size() == 1);
    CHECK(shard.counted.frames_out.get() == 2);
    CHECK(shard.counted.bytes_out.get() == 9);
    shard.all_written();
    // The process pays once, and so does the connection, until it is written.
    CHECK(shard.account->held(net::direction::out) == 6);
    CHECK(shard.book.held(net::direction::out) == 6);
    shard.share_done();
    CHECK(shard.account->held(net::direction::out) == 0);
    CHECK(shard.book.held(net::direction::out) == 6);
  }

  TEST_CASE("a shared frame that is taken at once is in no queue") {
    fake_shard shard(fake_shard::settings());
    shard.takes_now = 100;
    shard.peer->send_shared(test_frame::make("shared", shard.book));
    CHECK(shard.sent_now == texts{"shared"});
    CHECK(shard.shared.empty());
    CHECK_FALSE(shard.flush_asked);
    CHECK(shard.counted.frames_out.get() == 1);
    CHECK(shard.counted.bytes_out.get() == 6);
    CHECK(shard.book.held(net::direction::out) == 0);
    // Its end is told all the same.
    shard.peer->tell_shared_written();
    shard.turn();
    CHECK(shard.told<ws::written>().size() == 1);
  }

  TEST_CASE("of a shared frame that is taken in part the rest is queued") {
    fake_shard shard(fake_shard::settings());
    shard.takes_now = 2;
    shard.peer->send_shared(test_frame::make("shared", shard.book));
    CHECK(shard.sent_now == texts{"sh"});
    CHECK(shard.shared.size() == 1);
    CHECK(shard.sent_before == 2);
    CHECK(shard.counted.frames_out.get() == 1);
    CHECK(shard.account->held(net::direction::out) == 6);
    // What comes behind it is not tried, not even when all would be taken.
    shard.takes_now = 100;
    shard.peer->send_shared(test_frame::make("second", shard.book));
    CHECK(shard.sent_now.size() == 1);
    CHECK(shard.sent_before == 0);
    shard.share_done();
    shard.share_done();
    shard.peer->send_shared(test_frame::make("third", shard.book));
    CHECK(shard.sent_now == texts{"sh", "third"});
    CHECK(shard.account->held(net::direction::out) == 0);
  }

  TEST_CASE(
      "half a frame is followed by nothing when the rest cannot be kept") {
    fake_shard shard(fake_shard::settings());
    shard.takes_now = 2;
    shard.full = true;
    const auto frame = test_frame::make("shared", shard.book);
    CHECK_THROWS(shard.peer->send_shared(frame));
    CHECK(shard.peer->ending());
    shard.send("own");
    shard.pass(milliseconds(1));
    CHECK(shard.writes.empty());
    CHECK(shard.dropped);
    CHECK_FALSE(shard.ended);
  }

  TEST_CASE("a shared frame overtakes nothing that was sent before") {
    fake_shard shard(fake_shard::settings());
    shard.takes_now = 100;
    shard.send("own");
    shard.peer->send_shared(test_frame::make("shared", shard.book));
    CHECK(shard.sent_now.empty());
    CHECK(shard.shared.size() == 1);
    shard.turn();
    CHECK(shard.writes.size() == 1);
    shard.peer->send_shared(test_frame::make("second", shard.book));
    CHECK(shard.sent_now.empty());
    CHECK(shard.shared.size() == 2);
  }

  TEST_CASE("a shared frame that is not taken ends the connection") {
    // Pressed, so that it is slow before it owes a pong.
    fake_shard shard(fake_shard::settings(), {1'000'000, 2'000, 1'000},
                     {10'000, 2'000, 1'000});
    const net::charge others(shard.book.open(), net::direction::out, 9'500);
    shard.peer->send_shared(test_frame::make("shared", shard.book));
    shard.pass(milliseconds(8'000));
    CHECK(shard.ended == 4008);
  }

  TEST_CASE("a shared frame to a broken socket is counted and let go of") {
    fake_shard shard(fake_shard::settings());
    shard.broken = true;
    shard.peer->send_shared(test_frame::make("shared", shard.book));
    CHECK(shard.counted.undeliverable.get() == 1);
    CHECK(shard.account->held(net::direction::out) == 0);
    CHECK(shard.book.held(net::direction::out) == 0);
  }

  TEST_CASE("large texts are written apart, in order") {
    fake_shard shard(fake_shard::settings(), {1'000'000, 2'000, 1'000},
                     {1'000'000, 100'000, 50'000});
    shard.send("small");
    shard.send(std::string(20'000, 'L'));
    shard.send("after");
    shard.turn();
    CHECK(shard.writes.size() == 3);
    const auto sent = shard.sent(ws::opcode::text);
    REQUIRE(sent.size() == 3);
    CHECK(sent[0] == "small");
    CHECK(sent[1].size() == 20'000);
    CHECK(sent[2] == "after");
  }

  TEST_CASE("written is told when all that asked have left") {
    fake_shard shard(fake_shard::settings(), {1'000'000, 2'000, 1'000},
                     {1'000'000, 100'000, 50'000});
    shard.send(std::string(20'000, 'a'), 0, true);
    shard.send(std::string(20'000, 'b'), 0, true);
    shard.send(std::string(20'000, 'c'));
    shard.turn();
    REQUIRE(shard.writes.size() == 3);
    shard.write_done();
    CHECK(shard.told<ws::written>().empty());
    shard.write_done();
    CHECK(shard.told<ws::written>().size() == 1);
    shard.write_done();
    CHECK(shard.told<ws::written>().size() == 1);
    shard.send("d", 0, true);
    shard.turn();
    shard.write_done();
    CHECK(shard.told<ws::written>().size() == 2);
  }

  TEST_CASE("what is taken at once is told and given back in the same turn") {
    auto settings = fake_shard::settings();
    settings.slow_timeout = milliseconds(5'000);
    fake_shard shard(settings, {1'000'000, 2'000, 1'000},
                     {1'000'000, 100'000, 50'000});
    shard.takes_at_once = true;
    shard.send(std::string(20'000, 'a'), 0, true);
    shard.send(std::string(20'000, 'b'), 0, true);
    CHECK(shard.flushes == 0);
    shard.turn();
    CHECK(shard.told<ws::written>().size() == 1);
    const auto frame = test_frame::make("shared", shard.book);
    shard.peer->send_shared(frame);
    shard.peer->tell_shared_written();
    CHECK(shard.told<ws::written>().size() == 1);
    shard.turn();
    CHECK(shard.told<ws::written>().size() == 2);
    CHECK(shard.account->held(net::direction::out) == 0);
    // Nothing is awaited, so nobody is slow who takes no byte more.
    shard.pass(milliseconds(15'000));
    CHECK_FALSE(shard.peer->ending());
  }

  TEST_CASE("an end behind what was taken at once is told with its code") {
    fake_shard shard(fake_shard::settings());
    shard.takes_at_once = true;
    shard.send("last");
    shard.peer->close(ws::close_reason::server);
    CHECK(shard.sent(ws::opcode::text) == texts{"last"});
    shard.peer->gone(ws::close_reason::lost, 1006);
    REQUIRE(shard.told<ws::closed>().size() == 1);
    CHECK(shard.told<ws::closed>()[0].code == 1000);
  }

  TEST_CASE("a text without bytes is no frame, but asks what it asks") {
    fake_shard shard(fake_shard::settings());
    shard.send("", 7, true);
    CHECK(shard.told<ws::written>().empty());
    shard.turn();
    CHECK(shard.sent(ws::opcode::text).empty());
    CHECK(shard.told<ws::written>().size() == 1);
    shard.pass(milliseconds(1'000));
    CHECK(shard.sent(ws::opcode::ping).size() >= 1);
    CHECK(shard.account->held(net::direction::out) == 0);
  }

  TEST_CASE("written is not told of a connection that is gone") {
    fake_shard shard(fake_shard::settings());
    shard.send("a", 0, true);
    shard.turn();
    shard.peer->gone(ws::close_reason::lost, 1006);
    shard.all_written();
    CHECK(shard.told<ws::written>().empty());
    CHECK(shard.book.held(net::direction::out) == 0);
  }

  TEST_CASE("what cannot be written any more is counted and returned") {
    fake_shard shard(fake_shard::settings());
    shard.broken = true;
    shard.send("a");
    shard.send("b");
    shard.turn();
    CHECK(shard.counted.undeliverable.get() == 2);
    CHECK(shard.book.held(net::direction::out) == 0);
  }

  TEST_CASE("after a close nothing is sent; what came before it is") {
    fake_shard shard(fake_shard::settings());
    shard.send("before");
    shard.peer->close(ws::close_reason::server);
    shard.send("after");
    shard.turn();
    CHECK(shard.sent(ws::opcode::text) == texts{"before"});
    CHECK(shard.ended == 1000);
    CHECK(shard.counted.undeliverable.get() == 1);
    CHECK(shard.book.held(net::direction::out) == 6);
    shard.all_written();
    CHECK(shard.book.held(net::direction::out) == 0);
  }

  TEST_CASE("pings are answered in order") {
    fake_shard shard(fake_shard::settings());
    shard.peer->ping("a");
    shard.peer->ping("b");
    shard.turn();
    CHECK(shard.sent(ws::opcode::pong) == texts{"a", "b"});
  }

  TEST_CASE("a peer that does not read gets the newest answer only") {
    auto settings = fake_shard::settings();
    settings.max_pings_per_second = 1'000;
    fake_shard shard(settings);
    for (int i = 0; i < 50; ++i)
      shard.peer->ping(std::to_string(i));
    shard.turn();
    CHECK(shard.sent(ws::opcode::pong).size() == 16);
    shard.all_written();
    const auto pongs = shard.sent(ws::opcode::pong);
    REQUIRE(pongs.size() == 17);
    CHECK(pongs.back() == "49");
  }

  TEST_CASE("more control frames than allowed end the connection") {
    fake_shard shard(fake_shard::settings());
    SUBCASE("pings") {
      for (int i = 0; i < 6; ++i)
        shard.peer->ping("x");
    }
    SUBCASE("pongs that answer nothing") {
      for (int i = 0; i < 6; ++i)
        shard.peer->pong("x");
    }
    CHECK(shard.ended == 4013);
  }

  TEST_CASE("control frames at the allowed pace do not") {
    fake_shard shard(fake_shard::settings());
    for (int i = 0; i < 40; ++i) {
      shard.peer->ping("x");
      shard.turn();
      shard.all_written();
      shard.pass(milliseconds(250));
    }
    CHECK_FALSE(shard.ended);
  }
}
