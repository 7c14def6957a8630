#pragma once

#include "config/options.hpp"
#include "net/ledger.hpp"
#include "net/ws/events.hpp"
#include "net/ws/sender.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

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
  std::uint64_t accept_errors = 0;
  /// Indexed by close_reason.
  std::uint64_t closed[close_reasons] = {};
};

/// The WebSocket edge: listens, and owns the shards, each one io thread with
/// its own connections. All deadlines of a connection (handshake, message,
/// ping, write) come from one sweep per shard.
class endpoint : public sender {
 public:
  /// `confirm_interval` is the longest time from a text that asks for
  /// confirmation to its ping. `book` and `events` must outlive the endpoint.
  endpoint(const config::websocket_options& options,
           std::chrono::milliseconds confirm_interval, net::ledger& book,
           listener& events);
  ~endpoint() override;
  endpoint(const endpoint&) = delete;
  endpoint& operator=(const endpoint&) = delete;

  /// Binds, without accepting yet. The error as a sentence, e.g. that the port
  /// is taken by another process.
  std::optional<std::string> bind();

  /// Where it listens, as `host:port`; valid after `bind`.
  std::vector<std::string> addresses() const;
  std::uint16_t port() const;
  unsigned shards() const;

  /// Starts the threads and accepts.
  void start();

  void send(outgoing item) override;
  void send(unsigned shard, std::vector<outgoing>& burst) override;

  /// From any thread: no new connection is accepted from here on.
  void stop_accepting();

  /// From any thread: closes every connection (1012) spread over `spread`.
  void close_all(std::chrono::milliseconds spread);

  /// Ends what is left and joins the threads: no event comes after it.
  void stop();

  statistics count() const;

 private:
  struct implementation;
  std::unique_ptr<implementation> impl_;
};

}  // namespace wskafka::ws
