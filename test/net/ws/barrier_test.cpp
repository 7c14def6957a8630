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

namespace {

/// The payload of the next ping; what comes before it is read and dropped.
std::string next_ping(raw_client& client) {
  for (;;) {
    const auto frame = client.read();
    REQUIRE(frame);
    if (frame->opcode == 9)
      return frame->payload;
  }
}

bool confirmed_up_to(ws_edge& server, std::uint64_t sequence) {
  return server.events.wait([&] {
    return !server.events.confirmed.empty() &&
           server.events.confirmed.back().sequence == sequence;
  });
}

}  // namespace

TEST_SUITE("net/ws/barrier") {
  TEST_CASE("who answers the ping has confirmed what came before it") {
    ws_edge server;
    server.confirm_interval = milliseconds(30);
    server.start();
    auto client = server.open();
    const auto ref = server.events.opened.at(0).ref;
    server.send(ref, "a", 3);
    server.send(ref, "b", 8);
    CHECK(client.read_data()->payload == "a");
    CHECK(client.read_data()->payload == "b");
    const std::string ping = next_ping(client);
    CHECK(server.events.confirmed.empty());
    client.send(client_frame(10, ping));
    CHECK(confirmed_up_to(server, 8));
    CHECK(server.events.confirmed.size() == 1);
    CHECK(server.events.confirmed[0].ref.ws == ref.ws);
  }

  TEST_CASE("who never answers confirms nothing and is ended in the end") {
    ws_edge server;
    server.confirm_interval = milliseconds(20);
    server.options.ping_interval = milliseconds(300);
    server.start();
    auto client = server.open();
    server.send(server.events.opened.at(0).ref, "a", 1);
    client.send(client_frame(10, "made up"));
    CHECK(client.close_code() == 4012);
    CHECK(server.events.confirmed.empty());
    client.close();
    REQUIRE(server.events.wait([&] { return !server.events.closed.empty(); }));
    CHECK(server.events.closed[0].reason == ws::close_reason::no_pong);
  }

  TEST_CASE("confirm_now pings at once; an answer to the latest is enough") {
    ws_edge server;
    server.confirm_interval = milliseconds(60'000);
    server.start();
    auto client = server.open();
    const auto ref = server.events.opened.at(0).ref;
    server.send(ref, "a", 1);
    server.edge->send({ref, ws::confirm_now{}});
    const std::string first = next_ping(client);
    server.send(ref, "b", 2);
    server.edge->send({ref, ws::confirm_now{}});
    const std::string second = next_ping(client);
    CHECK(first != second);
    client.send(client_frame(10, second));
    CHECK(confirmed_up_to(server, 2));
    CHECK(server.events.confirmed.size() == 1);
  }

  TEST_CASE("while more is sent the next ping follows the answer") {
    ws_edge server;
    server.confirm_interval = milliseconds(1);
    server.start();
    auto client = server.open();
    const auto ref = server.events.opened.at(0).ref;
    for (std::uint64_t i = 1; i <= 50; ++i) {
      server.send(ref, std::to_string(i), i);
      client.send(client_frame(10, next_ping(client)));
      REQUIRE(confirmed_up_to(server, i));
    }
  }

  TEST_CASE("idle connections are pinged, and live as they answer") {
    ws_edge server;
    server.options.ping_interval = milliseconds(500);
    server.start();
    std::vector<raw_client> clients;
    for (int i = 0; i < 5; ++i)
      clients.push_back(server.open());
    // Each answers as its own pings come: they come at times of their own,
    // which the nonce in them sets.
    std::vector<std::thread> answering;
    std::vector<std::string> first(clients.size());
    for (std::size_t i = 0; i < clients.size(); ++i) {
      answering.emplace_back([&client = clients[i], &first = first[i]] {
        for (int ping = 0; ping < 3; ++ping) {
          const auto frame = client.read();
          if (!frame || frame->opcode != 9)
            return;
          if (ping == 0)
            first = frame->payload;
          client.send(client_frame(10, frame->payload));
        }
      });
    }
    for (auto& thread : answering)
      thread.join();
    CHECK(server.until([&] { return server.count().pongs >= 15; }));
    CHECK(std::set<std::string>(first.begin(), first.end()).size() == 5);
    CHECK(server.count().open == 5);
    CHECK(server.events.confirmed.empty());
  }
}
