#pragma once

#include "net/kafka/handle.hpp"
#include "net/kafka/poller.hpp"

#include <chrono>
#include <string>
#include <utility>

namespace wskafka::kafka {

/// The client's SASL name and password as configured; empty when there are
/// none.
struct credentials {
  std::string user;
  std::string password;
};

/// Has the fetchers of a client look at once whether its queues have room.
/// Below librdkafka 2.2 a fetcher that met full queues sleeps a second, and no
/// setting changes that; later versions have `fetch.queue.backoff.ms`, and then
/// this does nothing. Cheap; called at most every few milliseconds.
void wake_fetchers(rd_kafka_t* client, const credentials& as_configured);

/// When a handle's fetchers are woken: a moment after something was consumed,
/// so that the last drain is followed by one. The poller's thread.
class fetch_pacer {
 public:
  using clock = std::chrono::steady_clock;

  explicit fetch_pacer(credentials login) : login_(std::move(login)) {}

  /// Something was consumed; `by` is to tick in time.
  void consumed(poller& by);

  /// Wakes when it is due; returns when it is due next.
  clock::time_point tick(rd_kafka_t* client, clock::time_point now);

 private:
  const credentials login_;
  bool consumed_ = false;
  clock::time_point woken_at_{};
};

}  // namespace wskafka::kafka
