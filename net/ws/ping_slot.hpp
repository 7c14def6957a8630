#pragma once

#include "net/ws/deadline_wheel.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace wskafka::ws {

/// One connection's pings: one slot for keep-alive and for the delivery
/// barrier, because a peer may answer only its latest ping. A ping's payload
/// names the last text sent before it; its pong therefore says that the peer's
/// WebSocket stack has read that text and all before it. Time is passed in.
/// Not thread-safe.
class ping_slot {
 public:
  /// The nonce tells our pings' answers from pongs that a peer makes up.
  explicit ping_slot(std::uint64_t nonce) : nonce_(nonce) {}

  /// A text was queued that asks to be confirmed as `sequence`.
  void sent(std::uint64_t sequence, clock::time_point now);

  /// Texts were sent that no ping has followed yet; since when.
  bool uncovered() const { return sent_ > covered_; }
  clock::time_point uncovered_since() const { return uncovered_since_; }

  /// A ping is out and not answered; since when the oldest such is.
  bool waiting() const { return waiting_; }
  clock::time_point waiting_since() const { return oldest_; }

  /// The next ping's payload, which is sent behind all texts told so far.
  std::string ping(clock::time_point now);

  /// A pong to one of our pings: `confirmed` is set when it confirms more than
  /// was confirmed before.
  struct answer {
    std::optional<std::uint64_t> confirmed;
  };

  /// None when the payload is not an open ping's.
  std::optional<answer> pong(std::string_view payload);

  /// The connection was not read until now: what is open counts from here.
  void restart(clock::time_point now);

 private:
  std::uint64_t nonce_;
  std::uint64_t sent_ = 0;
  /// Up to here the latest ping reaches.
  std::uint64_t covered_ = 0;
  std::uint64_t confirmed_ = 0;
  clock::time_point uncovered_since_;
  clock::time_point oldest_;
  clock::time_point latest_;
  bool waiting_ = false;
};

}  // namespace wskafka::ws
