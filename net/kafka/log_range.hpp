#pragma once

#include "net/kafka/handle.hpp"
#include "net/kafka/types.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

namespace wskafka::kafka {

/// Where a partition's log begins and ends now, or why that is not known.
struct log_range {
  topic_partition at;
  std::int64_t first = 0;
  std::int64_t end = 0;
  /// Where the first record of a given time stands, `end` when there is none;
  /// `first` when no time was given.
  std::int64_t at_time = 0;
  std::optional<failure> error;
};

/// Asks the brokers, in the order of the partitions; `time` in ms since the
/// epoch. On a worker: blocks until the deadline at most.
std::vector<log_range> find_ranges(
    rd_kafka_t* client, const std::vector<topic_partition>& of,
    std::optional<std::int64_t> time,
    std::chrono::steady_clock::time_point deadline);

}  // namespace wskafka::kafka
