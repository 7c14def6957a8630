#include "test/support/ws_edge.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace wskafka;
using std::chrono::milliseconds;
using test::ws_edge;

namespace {

std::string status(const std::string& response) {
  return response.substr(0, response.find("\r\n"));
}

bool has(const std::string& response, const std::string& line) {
  return response.find("\r\n" + line + "\r\n") != std::string::npos;
}

}  // namespace

TEST_SUITE("net/ws/handshake on the wire") {
  TEST_CASE("any path is upgraded, by the book") {
    ws_edge server;
    server.start();
    auto client = server.connect();
    const std::string response = client.handshake();
    CHECK(status(response) == "HTTP/1.1 101 Switching Protocols");
    // The example of RFC 6455, 1.3.
    CHECK(has(response, "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
    CHECK(response.find("Sec-WebSocket-Protocol") == std::string::npos);
    REQUIRE(server.events.wait([&] { return !server.events.opened.empty(); }));
    CHECK(server.events.opened[0].remote.rfind("127.0.0.1:", 0) == 0);
    CHECK(server.events.opened[0].ref.ws == 1);
  }

  TEST_CASE("our subprotocol alone is echoed") {
    ws_edge server;
    server.start();
    for (const char* offer : {"wskafka.v1", "bearer.abc, wskafka.v1"}) {
      auto client = server.connect();
      const auto response = client.handshake(
          "Sec-WebSocket-Protocol: " + std::string(offer) + "\r\n");
      CHECK(has(response, "Sec-WebSocket-Protocol: wskafka.v1"));
    }
    for (const char* offer : {"bearer.abc", "WSKAFKA.V1", "mqtt, wamp"}) {
      auto client = server.connect();
      const auto response = client.handshake(
          "Sec-WebSocket-Protocol: " + std::string(offer) + "\r\n");
      CHECK(status(response) == "HTTP/1.1 101 Switching Protocols");
      CHECK(response.find("Sec-WebSocket-Protocol") == std::string::npos);
    }
  }

  TEST_CASE("no extension is accepted") {
    ws_edge server;
    server.start();
    auto client = server.connect();
    const auto response = client.handshake(
        "Sec-WebSocket-Extensions: permessage-deflate; "
        "client_max_window_bits\r\n");
    CHECK(status(response) == "HTTP/1.1 101 Switching Protocols");
    CHECK(response.find("Extensions") == std::string::npos);
  }

  TEST_CASE("other versions get 400 and are told the right one") {
    ws_edge server;
    server.start();
    for (const char* version : {"0", "7", "8", "12", "14", "x", ""}) {
      auto client = server.connect();
      const auto response = client.handshake("", version);
      CAPTURE(version);
      CHECK(status(response) == "HTTP/1.1 400 Bad Request");
      CHECK(has(response, "Sec-WebSocket-Version: 13"));
      CHECK(client.ends());
    }
    CHECK(server.until([&] { return server.count().refused_other == 7; }));
    CHECK(server.count().open == 0);
  }

  TEST_CASE("an origin that is not allowed gets 403") {
    ws_edge server;
    server.options.allowed_origins = {"https://good.example"};
    server.start();
    for (const char* origin :
         {"https://evil.example", "null", "https://good.example.evil.example",
          "https://good.example, https://evil.example"}) {
      auto client = server.connect();
      const auto response =
          client.handshake("Origin: " + std::string(origin) + "\r\n");
      CHECK(status(response) == "HTTP/1.1 403 Forbidden");
      CHECK(client.ends());
    }
    auto twice = server.connect();
    CHECK(status(twice.handshake("Origin: https://good.example\r\n"
                                 "Origin: https://evil.example\r\n")) ==
          "HTTP/1.1 403 Forbidden");
    CHECK(server.count().refused_origin == 5);
    CHECK(server.count().refused_other == 0);
    auto good = server.connect();
    CHECK(status(good.handshake("Origin: https://good.example\r\n")) ==
          "HTTP/1.1 101 Switching Protocols");
    auto none = server.connect();
    CHECK(status(none.handshake()) == "HTTP/1.1 101 Switching Protocols");
  }

  TEST_CASE("above max_connections it gets 503, until one has left") {
    ws_edge server;
    server.options.max_connections = 2;
    server.options.io_threads = 2;
    server.start();
    CHECK(server.edge->connection_limit() == 2);
    auto first = server.open();
    auto second = server.open();
    auto third = server.connect();
    CHECK(status(third.handshake()) == "HTTP/1.1 503 Service Unavailable");
    CHECK(third.ends());
    CHECK(server.count().refused_limit == 1);
    first.close();
    CHECK(server.until([&] {
      auto again = server.connect();
      return status(again.handshake()) == "HTTP/1.1 101 Switching Protocols";
    }));
  }

  TEST_CASE("a request that asks for no WebSocket is told what this is") {
    ws_edge server;
    server.start();
    auto client = server.connect();
    client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    const std::string response = client.read_all();
    CHECK(status(response) == "HTTP/1.1 426 Upgrade Required");
    CHECK(response.find("WebSocket") != std::string::npos);
    CHECK(server.count().refused_other == 1);
  }

  TEST_CASE("what is no HTTP, or too old, or has a body, is refused") {
    ws_edge server;
    server.start();
    const std::string upgrade =
        "Upgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        "Sec-WebSocket-Version: 13\r\n";
    const std::vector<std::string> requests = {
        "hello\r\n\r\n",
        "GET / HTTP/1.0\r\nHost: x\r\n" + upgrade + "\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\n" + upgrade + "\r\n",
        "GET / HTTP/1.1\r\n" + upgrade + "\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\n" + upgrade + "no colon\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n" + upgrade +
            "\r\nhello",
    };
    std::uint64_t refused = 0;
    for (const std::string& request : requests) {
      auto client = server.connect();
      client.send(request);
      const std::string response = client.read_all();
      CAPTURE(request);
      CHECK(response.rfind("HTTP/1.1 4", 0) == 0);
      ++refused;
      CHECK(server.until(
          [&] { return server.count().refused_other == refused; }));
    }
    CHECK(server.count().open == 0);
    CHECK(server.count().failures == 0);
    server.open();
  }

  TEST_CASE("a header above max_header gets 431, whole or in drops") {
    ws_edge server;
    server.options.max_header = 1'000;
    server.start();
    auto client = server.connect();
    const std::string line = "X-Filler: " + std::string(80, 'x') + "\r\n";
    std::string head = "GET / HTTP/1.1\r\nHost: x\r\n";
    for (int i = 0; i < 20; ++i)
      head += line;
    client.send(head);
    CHECK(status(client.read_all()) ==
          "HTTP/1.1 431 Request Header Fields Too Large");
    auto fits = server.connect();
    CHECK(status(fits.handshake(line)) == "HTTP/1.1 101 Switching Protocols");
    auto endless = server.connect();
    bool open = true;
    for (int i = 0; open && i < 3'000; ++i)
      open = endless.send("x");
    CHECK(server.until([&] { return server.count().refused_other == 2; }));
  }

  TEST_CASE("who is silent, or slow, in the handshake is cut off") {
    ws_edge server;
    server.options.handshake_timeout = milliseconds(150);
    server.start();
    auto silent = server.connect();
    auto half = server.connect();
    half.send("GET / HTTP/1.1\r\nHost: x\r\n");
    CHECK(silent.ends());
    CHECK(half.ends());
    CHECK(server.until([&] {
      return server.count().closed[static_cast<int>(
                 ws::close_reason::handshake_timeout)] == 2;
    }));
    CHECK(server.events.closed.empty());
  }

  TEST_CASE("frames that come with the handshake are not lost") {
    ws_edge server;
    server.start();
    auto client = server.connect();
    client.send(
        "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n"
        "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n" +
        test::client_frame(1, "early") + test::client_frame(1, "bird"));
    REQUIRE(
        server.events.wait([&] { return server.events.received.size() == 2; }));
    CHECK(server.events.received[0].text == "early");
    CHECK(server.events.received[1].text == "bird");
  }
}
