#include "test/support/ws_edge.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace wskafka;
using test::raw_client;
using test::ws_edge;

namespace {

constexpr std::uint64_t channel = 5;

/// Clients on all shards, and what actors say to the edge.
struct fan_out_edge {
  fan_out_edge() { server.options.io_threads = 2; }

  /// The reference of a client stands at its own place.
  void open(std::size_t count, int receive_buffer = 0) {
    if (clients.empty())
      server.start();
    while (count-- > 0)
      clients.push_back(server.open(receive_buffer));
    refs.resize(clients.size());
    server.events.wait([&] {
      for (const ws::opened& each : server.events.opened)
        refs.at(each.ref.ws - 1) = each.ref;
      return true;
    });
  }
  void join(const ws::connection_ref& to) {
    server.edge->send({to, ws::join_channel{channel}});
  }
  void append(const std::string& text) {
    const auto frame = ws::make_shared_frame(text, *server.book);
    for (std::uint16_t shard = 0; shard < server.edge->shards(); ++shard)
      server.edge->send({{0, 0, shard}, ws::fan_out{channel, frame}});
  }

  ws_edge server;
  std::vector<raw_client> clients;
  std::vector<ws::connection_ref> refs;
};

std::string next(raw_client& from) {
  const auto frame = from.read_data();
  return frame && frame->opcode == 1 ? frame->payload : "no text";
}

}  // namespace

TEST_SUITE("net/ws/fan_out") {
  TEST_CASE_FIXTURE(fan_out_edge, "a frame reaches all that joined, as it is") {
    open(8);
    const std::string large(70'000, 'x');
    for (const ws::connection_ref& ref : refs) {
      join(ref);
      // Between what is sent to one alone it keeps its place.
      server.send(ref, "own");
    }
    append("[\"h\xc3\xa9\"]");
    append(large);
    for (raw_client& client : clients) {
      CHECK(next(client) == "own");
      CHECK(next(client) == "[\"h\xc3\xa9\"]");
      CHECK(next(client) == large);
    }
    CHECK(server.settled());
    CHECK(server.count().frames_out == 24);
  }

  TEST_CASE_FIXTURE(fan_out_edge, "who left gets nothing more") {
    open(2);
    join(refs[0]);
    join(refs[1]);
    append("a");
    CHECK(next(clients[0]) == "a");
    CHECK(next(clients[1]) == "a");
    server.edge->send({refs[0], ws::leave_channel{channel}});
    append("b");
    server.send(refs[0], "fence");
    CHECK(next(clients[0]) == "fence");
    CHECK(next(clients[1]) == "b");
    CHECK(server.settled());
  }

  TEST_CASE_FIXTURE(fan_out_edge, "a client that is gone harms nobody") {
    open(3);
    for (const ws::connection_ref& ref : refs)
      join(ref);
    append("a");
    for (raw_client& client : clients)
      CHECK(next(client) == "a");
    clients.pop_back();
    REQUIRE(server.events.wait([&] { return !server.events.closed.empty(); }));
    append("b");
    for (raw_client& client : clients)
      CHECK(next(client) == "b");
    CHECK(server.settled());
  }

  TEST_CASE_FIXTURE(fan_out_edge, "who reads late gets every byte in order") {
    server.options.connection_out_bytes = 32 * 1024 * 1024;
    server.options.process_out_bytes = 1024 * 1024 * 1024;
    open(1, 4096);
    join(refs[0]);
    // More than the system's buffers take, and more frames than one call of the
    // kernel; a write stops anywhere in them, and no two places look alike.
    const auto text = [](std::size_t i, std::size_t size) {
      std::string made = std::to_string(i);
      while (made.size() < size)
        made += ',' + std::to_string(made.size() * 7919 + i);
      return made;
    };
    const auto of = [&](std::size_t i) {
      return text(i, i % 100 == 0 ? 300'000 : i * 37 % 2'000);
    };
    constexpr std::size_t count = 4'000;
    for (std::size_t i = 0; i < count; ++i)
      append(of(i));
    for (std::size_t i = 0; i < count; ++i)
      REQUIRE((next(clients[0]) == of(i)));
    const std::string large = text(0, 10'000'000);
    append(large);
    CHECK((next(clients[0]) == large));
    CHECK(server.settled());
  }

  TEST_CASE_FIXTURE(fan_out_edge, "a frame may follow one that left in part") {
    server.options.connection_out_bytes = 32 * 1024 * 1024;
    server.options.process_out_bytes = 1024 * 1024 * 1024;
    open(1, 4096);
    ws::join_channel how{channel};
    how.behind = true;
    server.edge->send({refs[0], how});
    // More than the system's buffers take.
    const std::string past(10'000'000, 'p');
    const auto frame = [this](const std::string& text) {
      return ws::make_shared_frame(text, *server.book);
    };
    std::vector<ws::outgoing> burst;
    burst.push_back({refs[0], ws::catch_up{channel, {frame(past)}, true}});
    burst.push_back({refs[0], ws::fan_out{channel, frame("next")}});
    server.edge->send(refs[0].shard, burst);
    CHECK((next(clients[0]) == past));
    CHECK(next(clients[0]) == "next");
    CHECK(server.settled());
  }

  TEST_CASE_FIXTURE(fan_out_edge, "who reads nothing is closed as slow") {
    server.options.connection_out_bytes = 1024 * 1024;
    server.options.io_threads = 1;
    open(1, 4096);
    open(1);
    for (const ws::connection_ref& ref : refs)
      join(ref);
    const std::string much(100'000, 'x');
    const auto slow = static_cast<std::size_t>(ws::close_reason::slow);
    // The system's buffers take some of it.
    for (int i = 0; i < 1'000 && server.count().closed[slow] == 0; ++i) {
      append(much);
      REQUIRE(next(clients[1]) == much);
    }
    REQUIRE(server.events.wait([&] { return !server.events.closed.empty(); }));
    CHECK(server.events.closed[0].ref.ws == refs[0].ws);
    CHECK(server.events.closed[0].reason == ws::close_reason::slow);
    append("after");
    CHECK(next(clients[1]) == "after");
    CHECK(server.settled());
  }
}
