#pragma once

#include "net/ledger.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

namespace wskafka::ws {

/// The frames that we send.
enum class opcode : std::uint8_t { text = 1, binary = 2, ping = 9, pong = 10 };

/// What goes before a payload of `size` bytes: final, not masked.
std::string frame_header(opcode op, std::size_t size);

/// Frames of one connection that leave in one write, and what is to be told
/// or given back once they have left. A single large text is not copied; small
/// ones are joined, which is cheaper than a gather entry for each.
struct frame_batch {
  /// Of the first frame.
  std::string header;
  /// The payload of the first frame, then whole frames.
  std::string bytes;
  /// What the texts are charged with.
  net::charge held;
  std::uint32_t texts = 0;
  /// Texts that asked for `written`.
  std::uint32_t tells = 0;
  std::uint32_t pongs = 0;

  bool empty() const { return header.empty(); }

  /// Whether a frame of `size` bytes is better joined than written apart.
  bool joins(std::size_t size) const {
    return empty() || bytes.size() + size <= join_limit;
  }

  void add(opcode op, std::string&& payload);

  static constexpr std::size_t join_limit = 16 * 1024;
};

}  // namespace wskafka::ws
