#include "net/ws/utf8.hpp"

#include <cstring>

namespace wskafka::ws {
namespace {

constexpr std::size_t block = 32;

/// Bytes of ASCII at the start, in whole blocks.
std::size_t ascii_blocks(const char* data, std::size_t size) {
  std::size_t done = 0;
  while (size - done >= block) {
    std::uint64_t words[4];
    std::memcpy(words, data + done, block);
    if ((words[0] | words[1] | words[2] | words[3]) & 0x8080808080808080u)
      break;
    done += block;
  }
  return done;
}

}  // namespace

bool utf8_check::feed(const char* data, std::size_t size) {
  std::size_t at = 0;
  while (at < size) {
    if (missing_ == 0) {
      at += ascii_blocks(data + at, size - at);
      // A block with other characters in it, or the rest: byte by byte, and
      // then the fast way is tried again.
      const std::size_t end = size - at < block ? size : at + block;
      while (at < end) {
        if (!feed_byte(static_cast<std::uint8_t>(data[at++])))
          return false;
      }
    } else if (!feed_byte(static_cast<std::uint8_t>(data[at++]))) {
      return false;
    }
  }
  return true;
}

bool utf8_check::feed_byte(std::uint8_t byte) {
  if (missing_ != 0) {
    if (byte < low_ || byte > high_)
      return false;
    --missing_;
    low_ = 0x80;
    high_ = 0xbf;
    return true;
  }
  if (byte < 0x80)
    return true;
  if (byte < 0xc2 || byte > 0xf4)
    return false;
  if (byte < 0xe0) {
    missing_ = 1;
  } else if (byte < 0xf0) {
    missing_ = 2;
    if (byte == 0xe0)
      low_ = 0xa0;
    if (byte == 0xed)
      high_ = 0x9f;
  } else {
    missing_ = 3;
    if (byte == 0xf0)
      low_ = 0x90;
    if (byte == 0xf4)
      high_ = 0x8f;
  }
  return true;
}

}  // namespace wskafka::ws
