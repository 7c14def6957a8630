#pragma once

#include "net/ledger.hpp"
#include "net/ws/events.hpp"
#include "net/ws/peer.hpp"
#include "net/ws/statistics.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace wskafka::ws {

/// What all shards of an endpoint have in common.
struct shard_settings {
  peer_settings peers;
  std::vector<std::string> allowed_origins;
  std::size_t max_frame_in = 0;
  std::size_t max_fragments = 0;
  std::size_t max_header = 0;
  std::chrono::milliseconds handshake_timeout{};
  /// Open connections of all shards together, and sockets, which are more:
  /// those that still shake hands.
  std::size_t max_open = 0;
  std::size_t max_sockets = 0;
};

/// What the shards count together.
struct shared_numbers {
  std::atomic<std::uint64_t> last_ws{0};
  std::atomic<std::size_t> open{0};
  std::atomic<std::size_t> sockets{0};
};

/// One io thread with a listening socket and the connections that it accepted;
/// behind an interface, so that one file alone sees websocketpp. Destroyed
/// after `join`, or never started.
class shard {
 public:
  virtual ~shard() = default;

  virtual void start() = 0;

  /// From any thread.
  virtual void send(outgoing&& item) = 0;
  virtual void send(std::vector<outgoing>& burst) = 0;
  virtual void stop_accepting() = 0;
  virtual void close_all(std::chrono::milliseconds spread) = 0;

  /// Closes what is left, for a bounded time, then cuts it off.
  virtual void stop() = 0;

  /// Waits for the end of that; no event comes afterwards.
  virtual void join() = 0;

  /// From any thread.
  virtual void add_to(statistics& sum) const = 0;
};

/// All references outlive the shard. Takes `listening`, a socket of family v6
/// or v4.
std::unique_ptr<shard> make_shard(std::uint16_t index,
                                  const shard_settings& settings,
                                  shared_numbers& shared, net::ledger& book,
                                  listener& events, int listening, bool v6);

}  // namespace wskafka::ws
