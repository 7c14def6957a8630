#pragma once

#include "net/ws/close_reason.hpp"

#include <cstdint>

namespace wskafka::ws {

/// What the edge counted since its start; shown by health.
struct statistics {
  std::uint64_t accepted = 0;
  /// Handshakes refused, by HTTP status.
  std::uint64_t refused_origin = 0;
  std::uint64_t refused_limit = 0;
  std::uint64_t refused_other = 0;
  std::uint64_t open = 0;
  std::uint64_t frames_in = 0;
  std::uint64_t bytes_in = 0;
  std::uint64_t frames_out = 0;
  std::uint64_t bytes_out = 0;
  std::uint64_t pings = 0;
  std::uint64_t pongs = 0;
  /// Frames marked `refused`.
  std::uint64_t over_budget = 0;
  /// Times that a connection was not read, being over its mark.
  std::uint64_t read_pauses = 0;
  /// Sends to connections that were gone.
  std::uint64_t undeliverable = 0;
  /// Times that accept failed, e.g. for want of file descriptors; it is tried
  /// again a little later.
  std::uint64_t accept_errors = 0;
  /// Exceptions that were stopped at the edge of an io thread's handler.
  std::uint64_t failures = 0;
  /// Indexed by close_reason.
  std::uint64_t closed[close_reasons] = {};
};

}  // namespace wskafka::ws
