#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace wskafka::ws {

/// Why a connection ended; each is counted apart and logged once.
enum class close_reason : std::uint8_t {
  /// The peer sent a close frame or ended TCP in order.
  peer,
  /// TCP ended without a close frame: reset, or read or write failed.
  lost,
  /// The peer broke RFC 6455 (1002, 1003 or 1007).
  protocol_error,
  /// A frame above `max_frame_in` (1009).
  too_big,
  /// A message that was not finished in `message_timeout`, or in too many
  /// fragments (1002).
  message_timeout,
  /// No handshake within `handshake_timeout`; no close frame is possible.
  handshake_timeout,
  /// 4012: no pong within the ping interval.
  no_pong,
  /// 4008: took no byte for `slow_timeout` while a write was outstanding.
  slow,
  /// 4005: asked for nothing for `idle_timeout`, without a subscription.
  idle,
  /// 4013: more pings or frames than allowed.
  rate_limit,
  /// 1012: the server is stopping.
  restart,
  /// 1000: asked for by the server.
  server,
  /// 1011: a failure inside the gateway.
  internal,
};

inline constexpr std::size_t close_reasons = 13;

/// One word for logs and counters.
std::string_view to_string(close_reason reason);

/// The close code that we send for it (`protocol.md` "Close codes"); 1006 when
/// no frame can be sent.
std::uint16_t close_code(close_reason reason);

}  // namespace wskafka::ws
