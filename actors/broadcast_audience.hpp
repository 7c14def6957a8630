#pragma once

#include <cstddef>
#include <cstdint>
#include <map>

namespace wskafka {

/// The members of a broadcast whose deliveries look the same: they share the
/// frames, and a channel. Used by one actor.
struct broadcast_audience {
  std::uint64_t channel = 0;
  /// How many each shard has, those who still lack something among them.
  std::map<std::uint16_t, std::size_t> shards;
  /// Those who get what comes.
  std::size_t present = 0;

  void leave(std::uint16_t shard) {
    const auto found = shards.find(shard);
    if (--found->second == 0)
      shards.erase(found);
  }
};

}  // namespace wskafka
