#include "tools/wskafka-load/frame.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace wskafka::load;

namespace {

/// A server's frame: not masked.
std::string frame(unsigned first, const std::string& payload) {
  std::string bytes(1, static_cast<char>(first));
  const std::size_t size = payload.size();
  if (size < 126) {
    bytes += static_cast<char>(size);
  } else if (size < 65536) {
    bytes += static_cast<char>(126);
    bytes += static_cast<char>(size >> 8U);
    bytes += static_cast<char>(size & 0xFFU);
  } else {
    bytes += static_cast<char>(127);
    for (unsigned i = 8; i-- > 0;)
      bytes += static_cast<char>(size >> (8 * i) & 0xFFU);
  }
  return bytes + payload;
}

/// What the reader makes of `bytes` fed in pieces of `piece` bytes.
std::vector<std::string> read(const std::string& bytes, std::size_t piece,
                              std::string& error) {
  frame_reader reader;
  std::vector<std::string> messages;
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    // A copy of its own, so that a view that outlives it is seen by asan.
    const std::string part = bytes.substr(at, piece);
    reader.feed(part);
    while (const auto got = reader.next())
      messages.push_back(std::to_string(static_cast<int>(got->type)) + ":" +
                         std::string(got->payload));
  }
  error = reader.error();
  return messages;
}

}  // namespace

TEST_SUITE("tools/load/frame") {
  TEST_CASE("a client's frame is masked and as RFC 6455 has it") {
    std::string out;
    // The example of section 5.7: mask 37 fa 21 3d, "Hello".
    std::uint32_t mask = 0x3D21FA37;
    append_frame(out, opcode::text, "Hello", mask);
    CHECK(out == "\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58");
    CHECK(out.size() == frame_size(5));
  }

  TEST_CASE("the length takes 1, 3 or 9 bytes") {
    for (const std::size_t size : {0U, 125U, 126U, 65535U, 65536U}) {
      std::string out;
      append_frame(out, opcode::binary, std::string(size, 'x'), 0x01020304);
      CHECK(out.size() == frame_size(size));
      const std::size_t head = size < 126 ? 2 : size < 65536 ? 4 : 10;
      std::string payload = out.substr(head + 4);
      mask_bytes(payload.data(), payload.size(), 0x01020304);
      CHECK(payload == std::string(size, 'x'));
    }
  }

  TEST_CASE("frames are read however they are cut") {
    const std::string bytes = frame(0x81, "one") + frame(0x89, "ping") +
                              frame(0x82, std::string(300, 'a')) +
                              frame(0x81, std::string(70000, 'b')) +
                              frame(0x81, "");
    const std::vector<std::string> expected = {
        "1:one", "9:ping", "2:" + std::string(300, 'a'),
        "1:" + std::string(70000, 'b'), "1:"};
    for (const std::size_t piece :
         {std::size_t{1}, std::size_t{2}, std::size_t{7}, std::size_t{301},
          std::size_t{65536}, bytes.size()}) {
      std::string error;
      CHECK(read(bytes, piece, error) == expected);
      CHECK(error.empty());
    }
  }

  TEST_CASE("fragments are joined, with control frames between them") {
    const std::string bytes = frame(0x01, "a") + frame(0x89, "p") +
                              frame(0x00, "b") + frame(0x80, "c") +
                              frame(0x81, "d");
    for (const std::size_t piece : {std::size_t{1}, bytes.size()}) {
      std::string error;
      CHECK(read(bytes, piece, error) ==
            std::vector<std::string>{"9:p", "1:abc", "1:d"});
    }
  }

  TEST_CASE("what a server must not send is an error") {
    const std::string masked("\x81\x81\x01\x02\x03\x04\x05", 7);
    for (const std::string& bytes :
         {masked, frame(0xC1, "x"), frame(0x83, "x"), frame(0x09, "x"),
          frame(0x80, "x"), frame(0x01, "x") + frame(0x81, "y"),
          frame(0x89, std::string(126, 'x')),
          std::string("\x81\x7f\x7f\xff\xff\xff\xff\xff\xff\xff", 10)}) {
      std::string error;
      read(bytes, bytes.size(), error);
      CHECK_FALSE(error.empty());
    }
  }
}
