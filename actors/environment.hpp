#pragma once

#include "actors/counters.hpp"
#include "actors/event_hub.hpp"
#include "config/options.hpp"
#include "net/kafka/edge.hpp"
#include "net/ledger.hpp"
#include "net/ws/sender.hpp"
#include "net/ws/statistics.hpp"

#include <functional>

namespace wskafka {

/// What every actor is given: the edges and the shared facts. Everything in it
/// is thread-safe and outlives the actor system; tests put fakes in.
struct environment {
  const config::options& options;
  net::ledger& book;
  ws::sender& sockets;
  kafka::edge& kafka;
  event_hub& events;
  counters& count;
  /// The WebSocket edge's own counters, for health.
  std::function<ws::statistics()> socket_statistics;
};

}  // namespace wskafka
