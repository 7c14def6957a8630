#include "net/ws/frames.hpp"

#include <doctest/doctest.h>

#include <string>
#include <utility>

using namespace wskafka::ws;
using namespace std::string_literals;

TEST_SUITE("net/ws/frames") {
  TEST_CASE("a header has the shortest length that fits, and no mask") {
    CHECK(frame_header(opcode::text, 0) == "\x81\x00"s);
    CHECK(frame_header(opcode::text, 125) == "\x81\x7d"s);
    CHECK(frame_header(opcode::text, 126) == "\x81\x7e\x00\x7e"s);
    CHECK(frame_header(opcode::binary, 65535) == "\x82\x7e\xff\xff"s);
    CHECK(frame_header(opcode::binary, 65536) ==
          "\x82\x7f\x00\x00\x00\x00\x00\x01\x00\x00"s);
    CHECK(frame_header(opcode::ping, 3) == "\x89\x03"s);
    CHECK(frame_header(opcode::pong, 3) == "\x8a\x03"s);
  }

  TEST_CASE("the first frame is not copied") {
    frame_batch batch;
    CHECK(batch.empty());
    std::string payload(1000, 'x');
    const char* where = payload.data();
    batch.add(opcode::text, std::move(payload));
    CHECK_FALSE(batch.empty());
    CHECK(batch.bytes.data() == where);
    CHECK(batch.header == "\x81\x7e\x03\xe8"s);
  }

  TEST_CASE("more frames follow whole") {
    frame_batch batch;
    batch.add(opcode::text, "one");
    batch.add(opcode::text, "");
    batch.add(opcode::ping, "2");
    CHECK(batch.header + batch.bytes == "\x81\x03one\x81\x00\x89\x01\x32"s);
  }

  TEST_CASE("large frames are written apart") {
    frame_batch batch;
    CHECK(batch.joins(frame_batch::join_limit + 1));
    batch.add(opcode::text, "x");
    CHECK(batch.joins(frame_batch::join_limit - 1));
    CHECK_FALSE(batch.joins(frame_batch::join_limit));
  }
}
