#include "test/support/ws_edge.hpp"

#include <doctest/doctest.h>

#include <set>
#include <string>
#include <thread>
#include <vector>

using namespace wskafka;
using std::chrono::milliseconds;
using test::client_frame;
using test::raw_client;
using test::ws_edge;

TEST_SUITE("net/ws/stop") {
  TEST_CASE("every connection hears of it and is told to have ended") {
    ws_edge server;
    server.options.io_threads = 2;
    server.start();
    std::vector<raw_client> clients;
    for (int i = 0; i < 20; ++i)
      clients.push_back(server.open());
    std::thread stopper([&] { server.edge->stop(); });
    for (auto& client : clients) {
      CHECK(client.close_code() == 1012);
      client.close();
    }
    stopper.join();
    std::set<std::uint64_t> ended;
    for (const auto& c : server.events.closed) {
      CHECK(c.reason == ws::close_reason::restart);
      ended.insert(c.ref.ws);
    }
    CHECK(ended.size() == 20);
    CHECK(server.count().open == 0);
  }

  TEST_CASE("peers of every kind do not hold it up") {
    ws_edge server;
    server.options.connection_in_bytes = 1'000;
    server.options.max_frame_in = 1'000;
    server.options.publish_stall = milliseconds(60'000);
    server.start();
    auto silent = server.open();
    auto stalled = server.open(4096);
    const auto ref = server.events.opened.at(1).ref;
    for (int i = 0; i < 20; ++i)
      server.send(ref, std::string(1'000'000, 'x'));
    auto unread = server.open();
    for (int i = 0; i < 10; ++i)
      unread.send_text(std::string(500, 'x'));
    REQUIRE(server.until([&] { return server.count().read_pauses == 1; }));
    auto violating = server.open();
    violating.send("\xff\xff\xff");
    auto unfinished = server.open();
    unfinished.send(client_frame(1, "abc", false));
    auto shaking = server.connect();
    shaking.send("GET / HTTP/1.1\r\n");
    auto mute = server.connect();
    REQUIRE(server.until([&] { return server.count().accepted == 7; }));
    server.edge->stop();
    CHECK(server.events.closed.size() == 5);
    CHECK(server.count().open == 0);
    server.events.release();
    CHECK(server.settled());
  }

  TEST_CASE("while it drains nobody new is let in") {
    ws_edge server;
    server.start();
    auto client = server.open();
    auto late = server.connect();
    REQUIRE(server.until([&] { return server.count().accepted == 2; }));
    server.edge->stop_accepting();
    server.edge->close_all(milliseconds(60'000));
    CHECK(client.close_code() == 1012);  // the first of its spread
    CHECK(late.handshake().rfind("HTTP/1.1 503 ", 0) == 0);
    CHECK(server.until([&] {
      try {
        auto refused = server.connect();
        return false;
      } catch (const std::runtime_error&) {
        return true;
      }
    }));
  }

  TEST_CASE("close_all spreads the ends") {
    ws_edge server;
    server.start();
    std::vector<raw_client> clients;
    for (int i = 0; i < 10; ++i)
      clients.push_back(server.open());
    server.edge->close_all(milliseconds(300));
    for (auto& client : clients) {
      CHECK(client.close_code() == 1012);
      client.close();
    }
    CHECK(
        server.events.wait([&] { return server.events.closed.size() == 10; }));
  }

  TEST_CASE("it may be stopped unstarted, unbound, and twice") {
    test::ws_recorder events;
    net::ledger book({1, 1, 1}, {1, 1, 1});
    config::websocket_options options;
    options.host = "127.0.0.1";
    options.port = 0;
    {
      ws::endpoint unbound(options, milliseconds(1), book, events);
      unbound.stop();
    }
    ws::endpoint edge(options, milliseconds(1), book, events);
    CHECK_FALSE(edge.bind());
    edge.stop();
    edge.start();
    edge.stop();
    edge.stop();
  }
}
