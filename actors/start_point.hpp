#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace wskafka {

/// A position for each of some partitions: the offset of the next record.
using partition_positions = std::map<std::int32_t, std::int64_t>;

/// Where a broadcast subscription is to start, when not just anywhere about
/// the log's end (`protocol.md` "Subscribing", `from`).
struct start_point {
  enum class kind : std::uint8_t {
    /// The log's end, named exactly.
    latest,
    /// The first record that is still there.
    earliest,
    /// The first record of that time or later.
    time,
    /// These positions; a partition that is not among them starts at its first
    /// record.
    listed,
  };
  kind what = kind::latest;
  /// Milliseconds since the epoch.
  std::int64_t time = 0;
  std::map<std::string, partition_positions> listed;
};

}  // namespace wskafka
