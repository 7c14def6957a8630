#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// The WebSocket frames of a client (RFC 6455, section 5), without extensions.
namespace wskafka::load {

enum class opcode : std::uint8_t {
  continuation = 0,
  text = 1,
  binary = 2,
  close = 8,
  ping = 9,
  pong = 10
};

/// Appends the head of one unfragmented, masked frame and room for `size`
/// bytes; returns where they go. The caller writes all of them, then masks
/// them with `mask`.
char* begin_frame(std::string& out, opcode type, std::size_t size,
                  std::uint32_t mask);

/// XORs `size` bytes with the four bytes of `mask`, in the order in which
/// `begin_frame` wrote them.
void mask_bytes(char* bytes, std::size_t size, std::uint32_t mask);

/// Bytes that a client's frame of `size` payload bytes takes.
std::size_t frame_size(std::size_t size);

void append_frame(std::string& out, opcode type, std::string_view payload,
                  std::uint32_t mask);

/// A whole message (its fragments joined) or a control frame.
struct message {
  opcode type = opcode::text;
  std::string_view payload;
};

/// Takes what a server sent apart, in pieces of any size. Not thread-safe.
class frame_reader {
 public:
  /// Adds bytes, which must stay until `next` has returned nothing.
  void feed(std::string_view bytes);

  /// The next message; nothing when more bytes are needed or the server broke
  /// the protocol. It stays valid until `next` returns nothing.
  std::optional<message> next();

  /// What the server did wrong; empty while it did nothing.
  const std::string& error() const { return error_; }

 private:
  std::optional<message> fail(const char* what);
  void keep_rest();

  std::string rest_;        // the start of a frame that is not whole yet
  std::string_view input_;  // all of rest_, or what was fed
  std::string fragments_;
  std::string joined_;
  std::optional<opcode> fragmented_;
  std::string error_;
};

}  // namespace wskafka::load
