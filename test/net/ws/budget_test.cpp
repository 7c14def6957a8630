#include "test/support/ws_edge.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <deque>
#include <mutex>
#include <string>
#include <thread>

using namespace wskafka;
using std::chrono::milliseconds;
using test::client_frame;
using test::ws_edge;

namespace {

constexpr auto in = net::direction::in;
constexpr auto out = net::direction::out;

std::size_t received(ws_edge& server) {
  std::size_t count = 0;
  server.events.wait([&] {
    count = server.events.received.size();
    return true;
  });
  return count;
}

}  // namespace

TEST_SUITE("net/ws/budget") {
  TEST_CASE("200,000 frames come through whole, the reader being slower") {
    ws_edge server;
    server.options.connection_in_bytes = 100'000;
    server.options.max_frame_in = 10'000;
    server.options.publish_stall = milliseconds(60'000);
    // As Kafka would: frames are let go of by another thread, behind.
    std::mutex mutex;
    std::deque<ws::received> waiting;
    std::size_t most_held = 0;
    server.events.on_frame = [&](ws::received&& frame) {
      std::lock_guard<std::mutex> guard(mutex);
      waiting.push_back(std::move(frame));
    };
    server.start();
    auto client = server.open();
    constexpr int count = 200'000;
    std::thread sender([&] {
      std::string bytes;
      for (int i = 0; i < count; ++i) {
        bytes += client_frame(1, std::to_string(i));
        if (bytes.size() > 100'000 || i == count - 1) {
          client.send(bytes);
          bytes.clear();
        }
      }
    });
    int next = 0;
    bool in_order = true;
    bool refused = false;
    // How often it stops after that is a matter of who is the faster.
    REQUIRE(server.until([&] { return server.count().read_pauses > 0; }));
    CHECK(server.until([&] {
      most_held = std::max(most_held, server.book->held(in));
      std::deque<ws::received> taken;
      {
        std::lock_guard<std::mutex> guard(mutex);
        taken.swap(waiting);
      }
      for (const auto& frame : taken) {
        in_order = in_order && frame.text == std::to_string(next++);
        refused = refused || frame.refused;
      }
      return next == count;
    }));
    sender.join();
    CHECK(in_order);
    CHECK_FALSE(refused);
    // One read buffer of the smallest frames beyond the mark.
    CHECK(most_held < 100'000 + 4096 / 7 * 210);
    CHECK(server.settled());
    MESSAGE("pauses: " << server.count().read_pauses
                       << ", most held: " << most_held);
  }

  TEST_CASE("over budget for too long frames are marked, not lost") {
    ws_edge server;
    server.options.connection_in_bytes = 10'000;
    server.options.max_frame_in = 10'000;
    server.options.publish_stall = milliseconds(100);
    server.start();
    auto client = server.open();
    constexpr std::size_t count = 2'000;
    std::string bytes;
    for (std::size_t i = 0; i < count; ++i)
      bytes += client_frame(1, std::to_string(i));
    client.send(bytes);
    // Nobody lets go of anything, so the rest is refused, bit by bit.
    REQUIRE(server.events.wait(
        [&] { return server.events.received.size() == count; }));
    bool in_order = true;
    std::size_t refused = 0;
    for (std::size_t i = 0; i < count; ++i) {
      in_order =
          in_order && server.events.received[i].text == std::to_string(i);
      refused += server.events.received[i].refused ? 1 : 0;
    }
    CHECK(in_order);
    CHECK_FALSE(server.events.received[0].refused);
    CHECK(server.events.received.back().refused);
    CHECK(server.count().over_budget == refused);
    // Once there is room all is as before.
    server.events.release();
    CHECK(server.settled());
    client.send_text("room");
    REQUIRE(
        server.events.wait([&] { return !server.events.received.empty(); }));
    CHECK_FALSE(server.events.received[0].refused);
  }

  TEST_CASE("an unread connection does not notice its end before it is read") {
    ws_edge server;
    server.options.connection_in_bytes = 1'000;
    server.options.max_frame_in = 1'000;
    server.options.publish_stall = milliseconds(60'000);
    server.start();
    auto client = server.open();
    for (int i = 0; i < 10; ++i)
      client.send_text(std::string(500, 'x'));
    REQUIRE(server.until([&] { return server.count().read_pauses == 1; }));
    client.close();
    CHECK(server.until([&] {
      server.events.release();
      return server.count().open == 0;
    }));
    server.events.release();
    CHECK(server.settled());
  }

  TEST_CASE("behind a violation nothing is read, though it was held before") {
    ws_edge server;
    server.options.connection_in_bytes = 1'000;
    server.options.max_frame_in = 1'000;
    server.options.publish_stall = milliseconds(60'000);
    server.start();
    auto client = server.open();
    // In one read: more than the mark, then the head of what is too big.
    std::string bytes;
    for (int i = 0; i < 5; ++i)
      bytes += client_frame(1, std::string(250, 'x'));
    bytes += client_frame(1, std::string(2'000, 'y')).substr(0, 8);
    client.send(bytes);
    CHECK(client.close_code() == 1009);
    CHECK(server.count().read_pauses == 1);
    server.events.release();
    // Its shard has been asked to read on by the time that this one is open.
    auto other = server.open();
    for (int i = 0; i < 10; ++i)
      client.send(std::string(100, 'y'));
    other.send_text("alive");
    CHECK(
        server.events.wait([&] { return server.events.received.size() == 1; }));
    client.close();
    CHECK(server.until([&] { return server.count().open == 1; }));
  }

  TEST_CASE("who does not read its replies is not read, then ended as slow") {
    ws_edge server;
    server.options.slow_timeout = milliseconds(400);
    server.options.connection_out_bytes = 100'000;
    server.options.max_frame_out = 100'000;
    server.start();
    auto client = server.open(4096);
    const auto ref = server.events.opened.at(0).ref;
    for (int i = 0; i < 200; ++i)
      server.send(ref, std::string(100'000, 'r'));
    REQUIRE(server.until([&] { return server.count().frames_out == 200; }));
    REQUIRE(server.book->held(out) > 100'000);
    client.send_text("one");
    REQUIRE(server.until([&] { return server.count().read_pauses == 1; }));
    client.send_text("two");
    REQUIRE(server.events.wait([&] { return !server.events.closed.empty(); }));
    CHECK(server.events.closed[0].reason == ws::close_reason::slow);
    CHECK(server.events.closed[0].code == 1006);
    CHECK(received(server) == 1);
    server.events.release();
    CHECK(server.settled());
    CHECK(client.ends());
  }

  TEST_CASE("who reads, if slower than it is sent, is not slow") {
    ws_edge server;
    server.options.slow_timeout = milliseconds(400);
    server.start();
    auto client = server.open(4096);
    const auto ref = server.events.opened.at(0).ref;
    for (int i = 0; i < 20; ++i)
      server.send(ref, std::string(1'000'000, 'r'));
    for (int i = 0; i < 20; ++i) {
      const auto frame = client.read_data();
      REQUIRE(frame);
      CHECK(frame->payload.size() == 1'000'000);
    }
    CHECK(server.count().open == 1);
    CHECK(server.settled());
  }

  TEST_CASE("a stalled reader's bytes are returned when it leaves") {
    ws_edge server;
    server.start();
    auto client = server.open(4096);
    const auto ref = server.events.opened.at(0).ref;
    for (int i = 0; i < 20; ++i)
      server.send(ref, std::string(1'000'000, 'r'));
    REQUIRE(server.until([&] { return server.count().frames_out == 20; }));
    CHECK(server.book->held(out) > 1'000'000);
    SUBCASE("in order") {
      client.close();
    }
    SUBCASE("or not") {
      client.reset();
    }
    CHECK(server.events.wait([&] { return !server.events.closed.empty(); }));
    CHECK(server.settled());
  }

  TEST_CASE("one stalled connection does not hold up others") {
    ws_edge server;
    server.options.connection_in_bytes = 1'000;
    server.options.max_frame_in = 1'000;
    server.options.publish_stall = milliseconds(60'000);
    server.start();
    auto stalled = server.open();
    for (int i = 0; i < 10; ++i)
      stalled.send_text(std::string(500, 'x'));
    REQUIRE(server.until([&] { return server.count().read_pauses == 1; }));
    auto other = server.open();
    other.send_text("through");
    // What the stalled one had sent before its pause may still be told now.
    CHECK(server.events.wait([&] {
      const auto& all = server.events.received;
      return std::any_of(all.begin(), all.end(), [](const ws::received& frame) {
        return frame.text == "through";
      });
    }));
    server.events.release();
  }
}
