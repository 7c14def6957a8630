#pragma once

#include "net/kafka/handle.hpp"

#include <string>

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

}  // namespace wskafka::kafka
