#include "test/support/ws_edge.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace wskafka;
using test::ws_edge;

namespace {

/// The sentence with which a second server fails where `first` listens.
std::string second_server(const ws_edge& first, const std::string& host,
                          unsigned shards) {
  config::websocket_options options;
  options.host = host;
  options.port = first.edge->port();
  options.io_threads = shards;
  net::ledger book({1, 1, 1}, {1, 1, 1});
  test::ws_recorder events;
  ws::endpoint edge(options, std::chrono::milliseconds(1), book, events);
  return edge.bind().value_or("");
}

}  // namespace

TEST_SUITE("net/ws/bind") {
  TEST_CASE("a second server on the port fails with a sentence") {
    ws_edge server;
    server.options.io_threads = 2;
    server.start();
    const std::string port = std::to_string(server.edge->port());
    for (const unsigned shards : {1u, 3u}) {
      CHECK(second_server(server, "127.0.0.1", shards) ==
            "port " + port + " on 127.0.0.1 is already in use");
      CHECK(second_server(server, "0.0.0.0", shards) ==
            "port " + port + " on 0.0.0.0 is already in use");
    }
    // And leaves the first unharmed.
    for (int i = 0; i < 8; ++i)
      server.open();
  }

  TEST_CASE("port 0 gives all shards one port, and each its connections") {
    ws_edge server;
    server.options.io_threads = 3;
    server.start();
    CHECK(server.edge->port() != 0);
    CHECK(server.edge->shards() == 3);
    CHECK(server.edge->addresses() ==
          std::vector<std::string>{"127.0.0.1:" +
                                   std::to_string(server.edge->port())});
    std::vector<test::raw_client> clients;
    for (int i = 0; i < 120; ++i)
      clients.push_back(server.open());
    std::vector<int> share(3, 0);
    server.events.wait([&] {
      for (const auto& o : server.events.opened)
        ++share.at(o.ref.shard);
      return true;
    });
    for (const int s : share)
      CHECK(s > 0);
    CHECK(server.count().open == 120);
  }

  TEST_CASE("the port is free again when the server is gone") {
    std::uint16_t port = 0;
    {
      ws_edge server;
      server.start();
      port = server.edge->port();
      auto client = server.open();
    }
    ws_edge again;
    again.options.port = port;
    again.start();
    CHECK(again.edge->port() == port);
  }

  TEST_CASE("an IPv6 address can be given") {
    ws_edge server;
    server.options.host = "::1";
    server.start();
    CHECK(server.edge->addresses().at(0) ==
          "[::1]:" + std::to_string(server.edge->port()));
  }

  TEST_CASE("a host that is none is told") {
    ws_edge server;
    server.options.host = "no such host";
    CHECK_THROWS_WITH_AS(server.start(),
                         doctest::Contains("no such host cannot be resolved"),
                         std::runtime_error);
    ws_edge elsewhere;
    elsewhere.options.host = "192.0.2.1";
    CHECK_THROWS_WITH_AS(elsewhere.start(),
                         "192.0.2.1 is not an address of this machine",
                         std::runtime_error);
  }
}
