#pragma once

#include "net/ws/events.hpp"

#include <vector>

namespace wskafka::ws {

/// The outward half of the edge, all that an actor sees of it.
class sender {
 public:
  virtual ~sender() = default;

  /// From any thread; never blocks. Items of one connection leave in the order
  /// they were given by one thread.
  virtual void send(outgoing item) = 0;

  /// The same for a burst to connections of one shard; `burst` is empty
  /// afterwards.
  virtual void send(unsigned shard, std::vector<outgoing>& burst) = 0;
};

}  // namespace wskafka::ws
