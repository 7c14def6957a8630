#pragma once

#include "net/kafka/handle.hpp"
#include "net/kafka/poller.hpp"
#include "net/kafka/settings.hpp"

#include <chrono>
#include <cstddef>
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

/// Whether a partition's fetcher may have met its queue full. Most queues never
/// fill, and a wake-up costs as much as some ten records.
class fetch_room {
 public:
  explicit fetch_room(const consumer_shape& client);

  /// So much was polled, in bytes no less than librdkafka counts; `emptied`:
  /// and nothing was left. True: since the queue was last empty half of a bound
  /// went through it, so that it may have been full and now has room. Half, so
  /// that the fetcher does not wait for the last record.
  bool polled(std::size_t records, std::size_t bytes, bool emptied);

 private:
  const std::size_t half_records_;
  const std::size_t half_bytes_;
  std::size_t records_ = 0;
  std::size_t bytes_ = 0;
};

/// When a handle's fetchers are woken: a moment after a queue got room, so that
/// the last drain is followed by one. The poller's thread.
class fetch_pacer {
 public:
  using clock = std::chrono::steady_clock;

  explicit fetch_pacer(credentials login) : login_(std::move(login)) {}

  /// A queue that may have been full has room; `by` is to tick in time.
  void has_room(poller& by);

  /// Wakes when it is due; returns when it is due next.
  clock::time_point tick(rd_kafka_t* client, clock::time_point now);

 private:
  const credentials login_;
  bool has_room_ = false;
  clock::time_point woken_at_{};
};

}  // namespace wskafka::kafka
