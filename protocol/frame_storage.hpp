#pragma once

#include "protocol/message.hpp"

#include <deque>
#include <string>

namespace wskafka::protocol {

/// What the messages of one frame point into, where they do not point into the
/// frame itself. Cleared for the next one, and keeps its memory.
struct frame_storage {
  /// Bytes that are handed out otherwise than they stand in the frame: without
  /// their whitespace, or decoded. Never moves: it has room for a whole frame.
  std::string text;
  /// Only some publishes have any. Elements never move.
  std::deque<record_extras> extras;

  void clear() {
    text.clear();
    if (!extras.empty()) {
      extras.clear();
    }
  }
};

}  // namespace wskafka::protocol
