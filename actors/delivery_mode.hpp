#pragma once

#include "protocol/message.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace wskafka {

/// How the elements of a delivery look.
enum class element : std::uint8_t {
  /// As the seed's.
  plain,
  /// Each with `meta`.
  with_meta,
};

/// How a group's records go to one member (`protocol.md` "Subscribing").
struct delivery_mode {
  element look = element::plain;
  /// Records are confirmed by the client's own acks, not by its WebSocket
  /// stack.
  bool ack = false;
  /// Most records that are sent and not confirmed; 0: any number.
  std::size_t window = 0;
  /// Triggers of the mq buffer; absent: the server's. Never beyond those.
  std::optional<std::size_t> flush_limit;
  std::optional<std::chrono::milliseconds> flush_interval;
  /// What happens when the client takes too little; absent: the default.
  std::optional<protocol::slow_policy> slow;
  /// The subscription's events are told; `gaps`: those of gaps.
  bool events = false;
  bool gaps = false;
};

}  // namespace wskafka
