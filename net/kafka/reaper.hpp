#pragma once

#include "net/kafka/handle.hpp"

#include <chrono>
#include <functional>
#include <memory>

namespace wskafka::kafka {

/// Destroys clients, each on a thread of its own: `rd_kafka_destroy` waits for
/// what its threads are in, be it a name server that does not answer. A copy
/// stands for the same reaper. All functions from any thread.
class reaper {
 public:
  reaper();

  /// `after` runs on the destroying thread when the client is gone; it must own
  /// what it uses. `flags` as for `rd_kafka_destroy_flags`.
  void destroy(client_handle client, std::function<void()> after = {},
               int flags = 0) const;

  /// A client that is destroyed here when its last user lets go of it.
  std::shared_ptr<rd_kafka_t> share(client_handle client) const;

  /// False when a client was not gone at the deadline: its thread is left to
  /// end by itself.
  bool wait(std::chrono::steady_clock::time_point deadline) const;

 private:
  struct state;
  std::shared_ptr<state> state_;
};

}  // namespace wskafka::kafka
