#include "tools/wskafka-load/frame.hpp"

#include <cstring>

namespace wskafka::load {
namespace {

constexpr std::size_t mask_size = 4;
/// A gateway's frames end at 1 MiB, or at one record of 8 MiB.
constexpr std::uint64_t longest = 64U << 20U;

unsigned char byte_at(std::string_view text, std::size_t at) {
  return static_cast<unsigned char>(text[at]);
}

std::uint64_t big_endian(std::string_view text, std::size_t at,
                         std::size_t size) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < size; ++i)
    value = value << 8U | byte_at(text, at + i);
  return value;
}

std::size_t head_size(std::size_t size) {
  return size < 126 ? 2 : size < 65536 ? 4 : 10;
}

bool is_control(opcode type) {
  return static_cast<unsigned>(type) >= 8;
}

}  // namespace

std::size_t frame_size(std::size_t size) {
  return head_size(size) + mask_size + size;
}

char* begin_frame(std::string& out, opcode type, std::size_t size,
                  std::uint32_t mask) {
  const std::size_t start = out.size();
  const std::size_t head = head_size(size);
  out.resize(start + head + mask_size + size);
  char* to = out.data() + start;
  *to++ = static_cast<char>(0x80U | static_cast<unsigned>(type));
  *to++ = static_cast<char>(0x80U | (head == 2   ? size
                                     : head == 4 ? std::size_t{126}
                                                 : 127));
  for (std::size_t i = head - 2; i-- > 0;)
    *to++ = static_cast<char>(size >> (8 * i) & 0xFFU);
  std::memcpy(to, &mask, mask_size);
  return to + mask_size;
}

void mask_bytes(char* bytes, std::size_t size, std::uint32_t mask) {
  const std::uint64_t wide = std::uint64_t{mask} << 32U | mask;
  std::size_t at = 0;
  for (; at + sizeof wide <= size; at += sizeof wide) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes + at, sizeof word);
    word ^= wide;
    std::memcpy(bytes + at, &word, sizeof word);
  }
  char key[mask_size];
  std::memcpy(key, &mask, mask_size);
  for (; at < size; ++at)
    bytes[at] = static_cast<char>(bytes[at] ^ key[at % mask_size]);
}

void append_frame(std::string& out, opcode type, std::string_view payload,
                  std::uint32_t mask) {
  char* to = begin_frame(out, type, payload.size(), mask);
  std::memcpy(to, payload.data(), payload.size());
  mask_bytes(to, payload.size(), mask);
}

void frame_reader::feed(std::string_view bytes) {
  if (rest_.empty()) {
    input_ = bytes;
    return;
  }
  rest_.append(bytes);
  input_ = rest_;
}

std::optional<message> frame_reader::fail(const char* what) {
  error_ = what;
  return std::nullopt;
}

void frame_reader::keep_rest() {
  if (rest_.empty())
    rest_.assign(input_);
  else
    rest_.erase(0, rest_.size() - input_.size());
  input_ = {};
}

std::optional<message> frame_reader::next() {
  while (error_.empty()) {
    std::size_t head = 2;
    std::uint64_t size = 0;
    if (input_.size() >= head) {
      size = byte_at(input_, 1) & 0x7FU;
      const std::size_t more = size == 126 ? 2 : size == 127 ? 8 : 0;
      head += more;
      if (more > 0 && input_.size() >= head)
        size = big_endian(input_, 2, more);
    }
    if (input_.size() < head) {
      keep_rest();
      return std::nullopt;
    }
    const unsigned first = byte_at(input_, 0);
    const bool last = (first & 0x80U) != 0;
    const auto type = static_cast<opcode>(first & 0x0FU);
    if ((first & 0x70U) != 0)
      return fail("a frame with a reserved bit, and no extension was agreed");
    if ((byte_at(input_, 1) & 0x80U) != 0)
      return fail("a masked frame from a server");
    if (type > opcode::pong || (type > opcode::binary && !is_control(type)))
      return fail("a frame of an unknown type");
    if (is_control(type) && (!last || size > 125))
      return fail("a control frame that is fragmented or too long");
    if (size > longest)
      return fail("a frame of more than 64 MiB");
    if (input_.size() - head < size) {
      keep_rest();
      return std::nullopt;
    }
    const std::string_view payload = input_.substr(head, size);
    input_.remove_prefix(head + size);
    if (is_control(type))
      return message{type, payload};
    if ((type == opcode::continuation) != fragmented_.has_value())
      return fail("a fragment out of place");
    if (last && !fragmented_)
      return message{type, payload};
    if (!fragmented_)
      fragmented_ = type;
    fragments_.append(payload);
    if (fragments_.size() > longest)
      return fail("a message of more than 64 MiB");
    if (!last)
      continue;
    joined_.swap(fragments_);
    fragments_.clear();
    const opcode whole = *fragmented_;
    fragmented_.reset();
    return message{whole, joined_};
  }
  return std::nullopt;
}

}  // namespace wskafka::load
