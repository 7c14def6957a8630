#include "test/support/ws_edge.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace wskafka;
using std::chrono::milliseconds;
using test::client_frame;
using test::ws_edge;
using namespace std::string_literals;

namespace {

ws::closed the_end(ws_edge& server) {
  REQUIRE(server.events.wait([&] { return !server.events.closed.empty(); }));
  CHECK(server.events.closed.size() == 1);
  return server.events.closed[0];
}

}  // namespace

TEST_SUITE("net/ws/closing") {
  TEST_CASE("a peer's close frame is answered in kind") {
    for (const int code : {1000, 1001, 3000, 4999}) {
      ws_edge server;
      server.start();
      auto client = server.open();
      const char bytes[2] = {static_cast<char>(code >> 8),
                             static_cast<char>(code & 0xff)};
      client.send(client_frame(8, std::string(bytes, 2) + "bye"));
      CHECK(client.close_code() == code);
      CHECK(client.ends());
      const auto end = the_end(server);
      CHECK(end.reason == ws::close_reason::peer);
      CHECK(end.code == code);
    }
  }

  TEST_CASE("one without a code too") {
    ws_edge server;
    server.start();
    auto client = server.open();
    client.send(client_frame(8, ""));
    CHECK(client.close_code() == 1000);
    const auto end = the_end(server);
    CHECK(end.reason == ws::close_reason::peer);
    CHECK(end.code == 1005);
  }

  TEST_CASE("TCP that ends in order is told apart from TCP that breaks") {
    ws_edge server;
    server.start();
    auto client = server.open();
    SUBCASE("in order") {
      client.close();
      const auto end = the_end(server);
      CHECK(end.reason == ws::close_reason::peer);
      CHECK(end.code == 1006);
    }
    SUBCASE("broken") {
      client.reset();
      const auto end = the_end(server);
      CHECK(end.reason == ws::close_reason::lost);
      CHECK(end.code == 1006);
    }
    CHECK(server.count().open == 0);
  }

  TEST_CASE("frames before a peer's close are told before its end") {
    ws_edge server;
    server.start();
    auto client = server.open();
    client.send(client_frame(1, "last words") + client_frame(8, "\x03\xe8"s));
    the_end(server);
    REQUIRE(server.events.received.size() == 1);
    CHECK(server.events.received[0].text == "last words");
  }

  TEST_CASE("each reason of the server's has its code") {
    struct {
      ws::close_reason reason;
      int code;
    } const ends[] = {
        {ws::close_reason::server, 1000},     {ws::close_reason::restart, 1012},
        {ws::close_reason::internal, 1011},   {ws::close_reason::idle, 4005},
        {ws::close_reason::rate_limit, 4013}, {ws::close_reason::slow, 4008}};
    for (const auto& e : ends) {
      ws_edge server;
      server.start();
      auto client = server.open();
      const auto ref = server.events.opened.at(0).ref;
      server.send(ref, "before");
      server.edge->send({ref, ws::close{e.reason}});
      server.send(ref, "after");
      CHECK(client.read_data()->payload == "before");
      CHECK(client.close_code() == e.code);
      client.close();
      const auto end = the_end(server);
      CHECK(end.reason == e.reason);
      CHECK(end.code == e.code);
      CHECK(server.count().undeliverable == 1);
      CHECK(server.settled());
    }
  }

  TEST_CASE("a peer that does not answer a close is dropped") {
    ws_edge server;
    server.start();
    auto client = server.open();
    const auto ref = server.events.opened.at(0).ref;
    server.edge->send({ref, ws::close{ws::close_reason::rate_limit}});
    const auto end = the_end(server);
    CHECK(end.reason == ws::close_reason::rate_limit);
    CHECK(end.code == 4013);
    CHECK(client.close_code() == 4013);
    CHECK(client.ends());
  }

  TEST_CASE("a close reason has a word and a code, all of them") {
    std::vector<std::string> words;
    for (std::size_t i = 0; i < ws::close_reasons; ++i) {
      const auto reason = static_cast<ws::close_reason>(i);
      const std::string word(ws::to_string(reason));
      CHECK(word != "unknown");
      for (const auto& other : words)
        CHECK(word != other);
      words.push_back(word);
      CHECK(ws::close_code(reason) >= 1000);
    }
  }
}
