#pragma once

#include "config/options.hpp"
#include "net/ledger.hpp"
#include "net/ws/endpoint.hpp"
#include "test/support/raw_client.hpp"

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace wskafka::test {

/// Keeps what the shards tell, for the test's own thread to look at and wait
/// for. What a test takes out of it no longer holds its charge.
class ws_recorder : public ws::listener {
 public:
  void on_events(unsigned shard, std::vector<ws::event>& burst) override;

  /// Waits until `done` holds, which is asked under the lock; false when that
  /// took too long.
  bool wait(const std::function<bool()>& done);

  /// Lets go of all frames, and of what they are charged with.
  void release();

  // To be looked at in `wait`, or when nothing happens any more.
  std::vector<ws::opened> opened;
  std::vector<ws::received> received;
  std::vector<ws::written> written;
  std::vector<ws::confirmed> confirmed;
  std::vector<ws::closed> closed;
  /// Bursts that brought a frame.
  std::size_t bursts = 0;
  /// Called for each frame instead of keeping it, on the shard's thread.
  std::function<void(ws::received&&)> on_frame;

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
};

/// A WebSocket edge on a free port of the loopback with options that a test
/// may change before `start`.
class ws_edge {
 public:
  ws_edge();
  ~ws_edge();

  void start();
  raw_client connect() { return raw_client(edge->port()); }
  /// Connected, upgraded, and seen by the recorder.
  raw_client open(int receive_buffer = 0);

  void send(const ws::connection_ref& to, std::string payload,
            std::uint64_t confirm = 0, bool tell_written = false);
  ws::statistics count() const { return edge->count(); }
  /// Waits for it, by asking.
  bool until(const std::function<bool()>& done);
  /// Whether nothing is charged any more.
  bool settled();

  config::websocket_options options;
  std::chrono::milliseconds confirm_interval{100};
  std::unique_ptr<net::ledger> book;
  ws_recorder events;
  std::unique_ptr<ws::endpoint> edge;
};

}  // namespace wskafka::test
