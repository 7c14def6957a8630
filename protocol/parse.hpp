#pragma once

#include "protocol/message.hpp"

#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

namespace wskafka::protocol {

/// The limits of `protocol.md` "Limits" that the parser enforces.
struct limits {
  std::size_t messages_per_frame = 1000;
  std::size_t topics_per_request = 100;
  std::size_t id_bytes = 1024;
  /// Arrays and objects inside each other, the frame's own included. Small
  /// enough for recursion.
  std::size_t depth = 64;
  /// Topics that start with `__` may be named.
  bool internal_topics = false;
  /// Brokers answer a publish (`requireAcks` is not 0), so `p.ack` can be kept.
  bool receipts = true;
  /// Topics may be deleted.
  bool deletes = false;
};

/// Turns one frame's text into messages. The whole frame is checked before
/// any message is handed out, although the JSON library is lazy: text that is
/// not valid JSON yields exactly one INVALID_JSON and nothing else.
///
/// Not thread-safe: one parser per thread or actor. It keeps its buffers
/// between calls, so that a steady stream of frames allocates nothing.
class parser {
 public:
  explicit parser(limits bounds);
  ~parser();
  parser(parser&&) noexcept;
  parser& operator=(parser&&) noexcept;

  /// The frame's messages, in order; at least one, whatever the text. The
  /// result and all views in it stand until the next call. Never throws for
  /// what the text holds. `strict`: the client has said hello, so keys of `p`
  /// that a request does not know are refused, and no longer ignored; a hello
  /// in the frame begins this for the messages behind it.
  const std::vector<message>& parse(std::string_view text, bool strict = false);

 private:
  struct implementation;
  std::unique_ptr<implementation> impl_;
};

}  // namespace wskafka::protocol
