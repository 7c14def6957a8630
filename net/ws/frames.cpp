#include "net/ws/frames.hpp"

#include <utility>

namespace wskafka::ws {
namespace {

void append_big_endian(std::string& to, std::uint64_t value, int bytes) {
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8)
    to.push_back(static_cast<char>(value >> shift & 0xff));
}

}  // namespace

std::string frame_header(opcode op, std::size_t size) {
  std::string header;
  header.push_back(static_cast<char>(0x80 | static_cast<std::uint8_t>(op)));
  if (size < 126) {
    header.push_back(static_cast<char>(size));
  } else if (size <= 0xffff) {
    header.push_back(126);
    append_big_endian(header, size, 2);
  } else {
    header.push_back(127);
    append_big_endian(header, size, 8);
  }
  return header;
}

void frame_batch::add(opcode op, std::string&& payload) {
  if (empty()) {
    header = frame_header(op, payload.size());
    bytes = std::move(payload);
  } else {
    bytes += frame_header(op, payload.size());
    bytes += payload;
  }
}

}  // namespace wskafka::ws
