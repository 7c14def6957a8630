#pragma once

#include "config/options.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wskafka {

/// The seed's nine events.
enum class event : std::uint8_t {
  /// A WebSocket connection is open: `ws`, `text` is the peer's address.
  ws_connection,
  /// It is closed: `ws`, `code`, `text` is the reason in one word.
  ws_close,
  /// The server accepts connections: `text` is an address.
  wss_ready,
  /// Records can be published: a broker answered.
  producer_ready,
  /// The brokers are unreachable: `text`. Or `count` records of connection `ws`
  /// failed: `text` is the first one's reason.
  producer_error,
  /// A connection is subscribed: `ws`, `group` (empty: by broadcast). Or a
  /// broadcast reads `topic`; `ws` is 0.
  consumer_ready,
  /// A consumer met an error: `group`, or `topic` of a broadcast, `text`.
  consumer_error,
  /// A record goes to a connection, or to all of a broadcast (`ws` is 0):
  /// `ws`, `topic`, `partition`, `offset`, and `text` is its value. Costs
  /// nothing while no handler is set.
  consumer_message,
  /// Anything else that an operator should know: `text`.
  error,
};

inline constexpr std::size_t event_count = 9;

/// The seed's name of it, e.g. `ws-connection`.
std::string_view to_string(event what);

/// What a handler is told; members that the event does not name are empty.
/// Views stand until the handler returns.
struct event_info {
  event what = event::error;
  std::uint64_t ws = 0;
  std::uint16_t code = 0;
  std::uint64_t count = 0;
  std::string_view text;
  std::string_view group;
  std::string_view topic;
  std::int32_t partition = 0;
  std::int64_t offset = 0;
};

/// Called on a thread of the server, one call at a time. Must not block and
/// must not call the server.
using event_handler = std::function<void(const event_info&)>;

/// The gateway as a library: a WebSocket server in front of Kafka, or of an
/// embedded in-memory broker when no host is configured.
///
/// Not thread-safe: one thread sets handlers, starts and stops. Stops by itself
/// when destroyed.
class server {
 public:
  explicit server(config::options options);
  ~server();
  server(const server&) = delete;
  server& operator=(const server&) = delete;

  /// What librdkafka refuses of the properties that it would be given, as
  /// sentences. Connects to nothing.
  static std::vector<std::string> refusals(const config::options& options);

  /// Sets the event's one handler. Before `start` only.
  server& on(event what, event_handler handler);

  /// Sets what runs, on a thread of the server, when a part failed that the
  /// server cannot go on without: call `stop` soon, from another thread.
  /// Before `start` only.
  server& on_failure(std::function<void()> handler);

  /// Binds, makes the Kafka handles, starts the threads and accepts. Does not
  /// wait for a broker: requests are answered with failures until one is
  /// there. What hinders it, as a sentence (the port is taken, librdkafka
  /// refuses a property); nothing is left running then.
  std::optional<std::string> start();

  /// Where it listens, `host:port` each; after `start`.
  std::vector<std::string> addresses() const;
  std::uint16_t port() const;

  /// Blocks until a broker has answered, for so long at most; after `start`.
  /// Nothing depends on it but what `notices` then says. False: none has yet.
  bool await_broker(std::chrono::milliseconds limit) const;

  /// What holds with this configuration, one sentence each: the broker, and
  /// the publish promises; after `start`.
  std::vector<std::string> notices() const;

  /// The clean stop: accepts nobody, answers new requests SHUTTING_DOWN,
  /// flushes publishes and deliveries, awaits confirmations, commits, closes
  /// every connection with 1012. What is unfinished at the deadline is
  /// answered and given up. Blocks; true when nothing was given up. A second
  /// call does nothing.
  bool stop(std::chrono::milliseconds deadline);

 private:
  struct implementation;
  std::unique_ptr<implementation> impl_;
};

}  // namespace wskafka
