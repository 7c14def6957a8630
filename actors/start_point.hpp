#pragma once

#include "protocol/message.hpp"

#include <cstdint>
#include <map>
#include <string>

namespace wskafka {

/// A position for each of some partitions: the offset of the next record.
using partition_positions = std::map<std::int32_t, std::int64_t>;

/// Where a broadcast subscription is to start, when not just anywhere about
/// the log's end (`protocol.md` "Subscribing", `from`).
struct start_point {
  using kind = protocol::subscribe_start::kind;
  kind what = kind::latest;
  /// Milliseconds since the epoch.
  std::int64_t time = 0;
  /// By topic; a partition that is not here starts at its first record.
  std::map<std::string, partition_positions> listed;
  /// A partition that is listed and not there is passed over, not refused: the
  /// topic was created anew since.
  bool lenient = false;
};

}  // namespace wskafka
