#pragma once

#include "net/ws/counters.hpp"
#include "net/ws/deadline_wheel.hpp"
#include "net/ws/events.hpp"

#include <functional>

namespace wskafka::ws {

class peer;

/// What a peer needs of the shard that it lives on. Called on the shard's
/// thread only.
class peer_host {
 public:
  virtual clock::time_point now() = 0;

  /// Hands the event to the listener when this turn of the loop ends.
  virtual void emit(event e) = 0;

  /// Calls `peer::flush` before this turn of the loop ends.
  virtual void flush_later(peer& p) = 0;

  /// Calls `peer::tick` at `when`, or earlier.
  virtual void wake_at(peer& p, clock::time_point when) = 0;

  /// A function that any thread may call, as long as the shard lives: it makes
  /// the shard call `peer::resume`, unless the peer is gone.
  virtual std::function<void()> resumer(const peer& p) = 0;

  virtual counters& numbers() = 0;

 protected:
  ~peer_host() = default;
};

}  // namespace wskafka::ws
