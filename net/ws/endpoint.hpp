#pragma once

#include "config/options.hpp"
#include "net/ledger.hpp"
#include "net/ws/events.hpp"
#include "net/ws/sender.hpp"
#include "net/ws/statistics.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace wskafka::ws {

/// The WebSocket edge: listens, and owns the shards, each one io thread with
/// its own connections. All deadlines of an open connection (message, ping,
/// write, closing) come from one wheel per shard.
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

  /// Connections that may be open at once: `max_connections`, or fewer when
  /// the process may not open so many files. Valid after `bind`.
  std::size_t connection_limit() const;
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
