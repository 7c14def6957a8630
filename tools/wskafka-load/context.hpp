#pragma once

#include "tools/wskafka-load/endpoint.hpp"
#include "tools/wskafka-load/ledger.hpp"
#include "tools/wskafka-load/options.hpp"
#include "tools/wskafka-load/wake.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace wskafka::load {

class loop;

/// What all threads of one run share. Constant once the loops have started,
/// but for what is safe from any thread.
struct context {
  const options& asked;
  endpoint to;
  std::uint64_t run = 0;
  std::vector<std::string> topics;
  std::vector<std::string> groups;
  /// What follows the mark in every payload.
  std::string padding;
  ledger& book;
  /// How many deliveries end the run (`--count`, of a broadcast that many to
  /// each); 0 when none do.
  std::uint64_t wanted = 0;
  /// The loop of each publisher.
  std::vector<loop*> owner;
  /// Wakes the main thread, for what cannot wait until it looks by itself.
  wake& main;
};

}  // namespace wskafka::load
