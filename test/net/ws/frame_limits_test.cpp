#include "test/support/ws_edge.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <vector>

using namespace wskafka;
using std::chrono::milliseconds;
using test::client_frame;
using test::ws_edge;
using namespace std::string_literals;

namespace {

struct violation {
  std::string what;
  std::string bytes;
  int code;
  ws::close_reason reason;
};

constexpr auto wrong = ws::close_reason::protocol_error;
constexpr auto big = ws::close_reason::too_big;
const std::string mask = "\x01\x02\x03\x04"s;

/// What breaks RFC 6455, and the code that it says.
std::vector<violation> violations() {
  return {
      {"unmasked", "\x81\x02hi"s, 1002, wrong},
      {"RSV1", "\xc1\x80"s + mask, 1002, wrong},
      {"RSV2", "\xa1\x80"s + mask, 1002, wrong},
      {"RSV3", "\x91\x80"s + mask, 1002, wrong},
      {"reserved data opcode", client_frame(3, ""), 1002, wrong},
      {"reserved control opcode", client_frame(11, ""), 1002, wrong},
      {"ping of 126 bytes", client_frame(9, std::string(126, 'x')), 1002,
       wrong},
      {"fragmented ping", client_frame(9, "x", false), 1002, wrong},
      {"continuation of nothing", client_frame(0, "x"), 1002, wrong},
      {"text inside a message",
       client_frame(1, "a", false) + client_frame(1, "b"), 1002, wrong},
      {"length in 2 bytes for less than 126",
       "\x81\xfe\x00\x05"s + mask + "xxxxx", 1002, wrong},
      {"length in 8 bytes for less than 65536",
       "\x81\xff\x00\x00\x00\x00\x00\x00\x00\x05"s + mask, 1002, wrong},
      {"close with one byte", client_frame(8, "x"), 1002,
       ws::close_reason::protocol_error},
      {"close code 999", client_frame(8, "\x03\xe7"s), 1002, wrong},
      {"close code 1005", client_frame(8, "\x03\xed"s), 1002, wrong},
      {"bad UTF-8", client_frame(1, "ab\xff"), 1007, wrong},
      {"overlong UTF-8", client_frame(1, "\xc0\xaf"), 1007, wrong},
      {"a surrogate", client_frame(1, "\xed\xa0\x80"), 1007, wrong},
      {"half a code point", client_frame(1, "\xe2\x82"), 1007, wrong},
      {"half a code point at the end of fragments",
       client_frame(1, "a", false) + client_frame(0, "\xe2\x82"), 1007, wrong},
      {"bad UTF-8 in a later fragment",
       client_frame(1, "a", false) + client_frame(0, "\xff", false), 1007,
       wrong},
      {"one byte above max_frame_in", client_frame(1, std::string(65'537, 'x')),
       1009, big},
      {"fragments above max_frame_in",
       client_frame(1, std::string(40'000, 'x'), false) +
           client_frame(0, std::string(40'000, 'x')),
       1009, big},
      {"a length of 2^63 - 1, and no more",
       "\x82\xff\x7f\xff\xff\xff\xff\xff\xff\xff"s + mask, 1009, big},
      {"a length of 2^64 - 1",
       "\x82\xff\xff\xff\xff\xff\xff\xff\xff\xff"s + mask, 1009, big},
      {"a continuation that adds up to 2^64",
       client_frame(2, "x", false) +
           "\x80\xff\xff\xff\xff\xff\xff\xff\xff\xff"s + mask + "y",
       1009, big},
  };
}

}  // namespace

TEST_SUITE("net/ws/frame limits") {
  TEST_CASE("each violation gets its close code, reason, and nothing more") {
    ws_edge server;
    server.options.max_frame_in = 65'536;
    server.start();
    std::size_t ended = 0;
    for (const violation& v : violations()) {
      CAPTURE(v.what);
      auto client = server.open();
      client.send(v.bytes);
      client.send_text("after it");
      CHECK(client.close_code() == v.code);
      client.close();
      ++ended;
      REQUIRE(server.events.wait(
          [&] { return server.events.closed.size() == ended; }));
      CHECK(server.events.closed.back().reason == v.reason);
      CHECK(server.events.closed.back().code == v.code);
    }
    CHECK(server.events.received.empty());
    CHECK(server.settled());
    CHECK(server.count().failures == 0);
  }

  TEST_CASE("at the limit a message is taken") {
    ws_edge server;
    server.options.max_frame_in = 65'536;
    server.start();
    auto client = server.open();
    client.send_text(std::string(65'536, 'x'));
    client.send(client_frame(1, std::string(40'000, 'x'), false));
    client.send(client_frame(0, std::string(25'536, 'x')));
    client.send(client_frame(9, std::string(125, 'x')));
    CHECK(
        server.events.wait([&] { return server.events.received.size() == 2; }));
    CHECK(client.read()->payload == std::string(125, 'x'));
  }

  TEST_CASE("who is still sending what is too big sees why it is closed") {
    ws_edge server;
    server.options.max_frame_in = 65'536;
    server.start();
    auto client = server.open();
    // Its system would forget the close frame at a reset; so there is none.
    CHECK(client.send(client_frame(1, std::string(8'000'000, 'x'))));
    CHECK(client.close_code() == 1009);
    CHECK(client.ends());
  }

  TEST_CASE("who goes on sending for ever is cut off") {
    ws_edge server;
    server.options.max_frame_in = 65'536;
    server.start();
    auto client = server.open();
    client.send(client_frame(1, std::string(70'000, 'x')).substr(0, 14));
    const std::string more(100'000, 'x');
    const auto patience =
        std::chrono::steady_clock::now() + std::chrono::seconds(60);
    bool open = true;
    while (open && std::chrono::steady_clock::now() < patience)
      open = client.send(more);
    CHECK_FALSE(open);
  }

  TEST_CASE("what follows a close is discarded, and the close is answered") {
    ws_edge server;
    server.start();
    for (const std::string& after :
         {"\x81\x01x"s, client_frame(8, "?"), client_frame(1, "text")}) {
      auto client = server.open();
      client.send(client_frame(8, "\x03\xe8"s + "bye") + after);
      CHECK(client.close_code() == 1000);
      CHECK(client.ends());
    }
    REQUIRE(
        server.events.wait([&] { return server.events.closed.size() == 3; }));
    for (const ws::closed& each : server.events.closed)
      CHECK(each.code == 1000);
    CHECK(server.events.received.empty());
  }

  TEST_CASE("so does who is still sending what was not finished in time") {
    ws_edge server;
    server.options.message_timeout = milliseconds(150);
    server.start();
    auto client = server.open();
    client.send(client_frame(1, std::string(1'000, 'x')).substr(0, 100));
    CHECK(client.close_code() == 1002);
    CHECK(client.send(std::string(8'000'000, 'x')));
    CHECK(client.ends());
  }

  TEST_CASE("bad text is refused before its message is whole") {
    ws_edge server;
    server.start();
    auto client = server.open();
    client.send(
        client_frame(1, "good\xff" + std::string(1000, 'x')).substr(0, 40));
    CHECK(client.close_code() == 1007);
  }

  TEST_CASE("a message in too many fragments is ended, empty ones too") {
    ws_edge server;
    server.options.max_fragments = 100;
    server.options.message_timeout = milliseconds(600'000);
    server.start();
    auto client = server.open();
    std::string frames = client_frame(1, "", false);
    for (int i = 0; i < 98; ++i)
      frames += client_frame(0, "", false);
    // A hundred, twice, are fine: they are counted by message.
    client.send(frames + client_frame(0, "") + frames + client_frame(0, ""));
    REQUIRE(
        server.events.wait([&] { return server.events.received.size() == 2; }));
    client.send(frames + client_frame(0, "", false));
    client.send(client_frame(9, "alive"));
    CHECK(client.read()->opcode == 10);
    client.send(client_frame(0, "", false));
    CHECK(client.close_code() == 1002);
    client.close();
    REQUIRE(server.events.wait([&] { return !server.events.closed.empty(); }));
    CHECK(server.events.closed[0].reason == ws::close_reason::message_timeout);
  }

  TEST_CASE("a message that is not finished in time is ended") {
    ws_edge server;
    server.options.message_timeout = milliseconds(150);
    server.start();
    const std::vector<std::string> unfinished = {
        "\x81"s,
        client_frame(1, "hello").substr(0, 4),
        client_frame(1, "hello").substr(0, 8),
        client_frame(1, "hello", false),
        client_frame(1, "hello", false) + client_frame(9, "ping"),
        client_frame(9, "ping").substr(0, 7),
    };
    std::size_t ended = 0;
    for (const std::string& bytes : unfinished) {
      auto client = server.open();
      client.send(bytes);
      CHECK(client.close_code() == 1002);
      client.close();
      ++ended;
      REQUIRE(server.events.wait(
          [&] { return server.events.closed.size() == ended; }));
      CHECK(server.events.closed.back().reason ==
            ws::close_reason::message_timeout);
    }
    CHECK(server.settled());
  }

  TEST_CASE("a flood of pings is ended, and costs no memory meanwhile") {
    ws_edge server;
    server.options.max_pings_per_second = 20;
    server.start();
    auto client = server.open();
    std::string flood;
    for (int i = 0; i < 1'000; ++i)
      flood += client_frame(9, "flood");
    client.send(flood);
    CHECK(client.close_code() == 4013);
    client.close();
    REQUIRE(server.events.wait([&] { return !server.events.closed.empty(); }));
    CHECK(server.events.closed[0].reason == ws::close_reason::rate_limit);
  }
}
