#include "test/support/ws_edge.hpp"

#include <doctest/doctest.h>

#include <string>
#include <thread>
#include <vector>

using namespace wskafka;
using test::client_frame;
using test::ws_edge;

TEST_SUITE("net/ws/messages") {
  TEST_CASE("text and binary frames arrive as they were sent, in order") {
    ws_edge server;
    server.start();
    auto client = server.open();
    client.send_text("one");
    client.send(client_frame(2, std::string("\x00\xff", 2)));
    client.send_text("");
    client.send_text("h\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80");
    REQUIRE(
        server.events.wait([&] { return server.events.received.size() == 4; }));
    auto& got = server.events.received;
    CHECK(got[0].text == "one");
    CHECK_FALSE(got[0].binary);
    CHECK(got[1].text == std::string("\x00\xff", 2));
    CHECK(got[1].binary);
    CHECK(got[2].text.empty());
    CHECK(got[3].text == "h\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80");
    CHECK(server.book->held(net::direction::in) == 4 * 200 + 3 + 2 + 0 + 12);
    got.clear();
    CHECK(server.settled());
  }

  TEST_CASE("a message of fragments is put together, with pings between") {
    ws_edge server;
    server.start();
    auto client = server.open();
    client.send(client_frame(1, "one \xe2\x82", false));
    client.send(client_frame(9, "still there?"));
    client.send(client_frame(0, "", false));
    client.send(client_frame(0, "\xac two ", false));
    client.send(client_frame(0, "three"));
    REQUIRE(
        server.events.wait([&] { return !server.events.received.empty(); }));
    CHECK(server.events.received[0].text == "one \xe2\x82\xac two three");
    const auto pong = client.read();
    REQUIRE(pong);
    CHECK(pong->opcode == 10);
    CHECK(pong->payload == "still there?");
  }

  TEST_CASE("frames that come a byte at a time are read") {
    ws_edge server;
    server.start();
    auto client = server.open();
    const std::string bytes =
        client_frame(1, std::string(200, 'a'), false) + client_frame(9, "p") +
        client_frame(0, "\xc3\xa9") + client_frame(1, "next");
    for (const char c : bytes)
      client.send(std::string_view(&c, 1));
    REQUIRE(
        server.events.wait([&] { return server.events.received.size() == 2; }));
    CHECK(server.events.received[0].text == std::string(200, 'a') + "\xc3\xa9");
    CHECK(server.events.received[1].text == "next");
  }

  TEST_CASE("all sizes go both ways") {
    ws_edge server;
    server.start();
    auto client = server.open();
    const auto ref = server.events.opened.at(0).ref;
    for (const std::size_t size :
         {0u, 1u, 125u, 126u, 4096u, 65535u, 65536u, 500'000u, 1'048'576u}) {
      CAPTURE(size);
      const std::string payload(size, 'x');
      client.send_text(payload);
      REQUIRE(
          server.events.wait([&] { return !server.events.received.empty(); }));
      CHECK((server.events.received[0].text == payload));
      server.events.release();
      // An empty text is no frame but a mark: the next answer is the next one.
      server.send(ref, payload);
      if (payload.empty())
        continue;
      const auto back = client.read_data();
      REQUIRE(back);
      CHECK(back->opcode == 1);
      CHECK((back->payload == payload));
    }
    CHECK(server.settled());
  }

  TEST_CASE("bursts keep their order, each text a frame of its own") {
    ws_edge server;
    server.start();
    auto client = server.open();
    const auto ref = server.events.opened.at(0).ref;
    constexpr int count = 20'000;
    std::thread sender([&] {
      for (int i = 0; i < count;) {
        std::vector<ws::outgoing> burst;
        for (int n = 0; n < 37 && i < count; ++n, ++i) {
          ws::text text;
          text.payload = std::to_string(i);
          burst.push_back({ref, std::move(text)});
        }
        server.edge->send(0, burst);
      }
    });
    bool in_order = true;
    for (int i = 0; i < count; ++i) {
      const auto frame = client.read_data();
      REQUIRE(frame);
      in_order = in_order && frame->payload == std::to_string(i);
    }
    sender.join();
    CHECK(in_order);
    CHECK(server.count().frames_out == count);
  }

  TEST_CASE("written is told once the text has left, and not to who stalls") {
    ws_edge server;
    server.options.connection_out_bytes = 64 * 1024 * 1024;
    server.options.process_out_bytes = 1024 * 1024 * 1024;
    server.start();
    auto client = server.open(4096);
    const auto ref = server.events.opened.at(0).ref;
    server.send(ref, "small", 0, true);
    REQUIRE(server.events.wait([&] { return !server.events.written.empty(); }));
    CHECK(server.events.written[0].ref.ws == ref.ws);
    // More than the kernel takes.
    std::vector<ws::outgoing> burst;
    for (int i = 0; i < 32; ++i) {
      ws::text text;
      text.payload = std::string(1024 * 1024, 'x');
      text.held = net::charge(server.events.opened.at(0).account,
                              net::direction::out, text.payload.size());
      text.tell_written = true;
      burst.push_back({ref, std::move(text)});
    }
    server.edge->send(0, burst);
    CHECK(server.until([&] { return server.count().frames_out == 33; }));
    CHECK(
        server.events.wait([&] { return server.events.written.size() == 1; }));
    CHECK(server.book->held(net::direction::out) > 16 * 1024 * 1024);
    CHECK(client.read_data()->payload == "small");
    for (int i = 0; i < 32; ++i)
      REQUIRE(client.read_data());
    REQUIRE(
        server.events.wait([&] { return server.events.written.size() == 2; }));
    CHECK(server.settled());
  }

  TEST_CASE("what is sent to who has left is counted and returned") {
    ws_edge server;
    server.start();
    auto client = server.open();
    const auto ref = server.events.opened.at(0).ref;
    client.close();
    REQUIRE(server.events.wait([&] { return !server.events.closed.empty(); }));
    server.send(ref, "too late");
    CHECK(server.until([&] { return server.count().undeliverable == 1; }));
    CHECK(server.settled());
  }
}
