#pragma once

#include "actors/environment.hpp"
#include "actors/peer.hpp"
#include "test/support/deterministic_system.hpp"
#include "test/support/fake_kafka.hpp"
#include "test/support/fake_sender.hpp"
#include "test/support/mail.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace wskafka::test {

/// All that an actor is given, with fake edges and time at a standstill. Set
/// `options` before spawning. When it goes, all actors end and the ledger's sum
/// is checked to be 0. Used by one thread.
struct actor_world {
  actor_world();
  ~actor_world();

  /// The connection `ws`, the same one each time.
  peer open(std::uint64_t ws);

  /// One actor threw: it was counted, and told as an `error` event.
  void check_failed(const std::string& name) const;

  void run() { actors.run(); }
  void advance(std::chrono::milliseconds time) { actors.advance(time); }

  config::options options;
  net::ledger book;
  fake_sender sockets;
  fake_kafka kafka;
  event_hub events;
  /// What was emitted: kind and text.
  std::vector<std::pair<event, std::string>> told;
  counters count;
  environment shared;
  /// What the actors' neighbours received.
  mail inbound;
  std::map<std::uint64_t, peer> peers;
  deterministic_system actors;
};

}  // namespace wskafka::test
