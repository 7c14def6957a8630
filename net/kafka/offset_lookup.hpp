#pragma once

#include "net/kafka/handle.hpp"
#include "net/kafka/types.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// Where logs begin and end: asked of the brokers, or as the last fetch told.
namespace wskafka::kafka {

/// ListOffsets' timestamps for the first record and the end.
constexpr std::int64_t at_first_record = -2;
constexpr std::int64_t at_end = -1;

/// What a blocking call may take of the time that is left: a worker is given
/// five seconds to one call at most.
int left_until(std::chrono::steady_clock::time_point deadline);

/// One ListOffsets for many partitions, each with a timestamp of its own, once
/// each. On one thread.
class offset_lookup {
 public:
  offset_lookup() : list_(rd_kafka_topic_partition_list_new(0)) {}

  void add(const topic_partition& at, std::int64_t timestamp);

  /// On a worker: blocks. False: the call as a whole failed.
  bool ask(rd_kafka_t* client, std::chrono::steady_clock::time_point deadline);

  /// Of what was asked: an offset (`none` where no record is of that time or
  /// later), or the failure, which `what` begins.
  result<std::int64_t> find(
      const topic_partition& at, const std::string& what,
      std::optional<std::int64_t> none = std::nullopt) const;

 private:
  partition_list list_;
  int error_ = 0;
};

/// The end of each of these partitions as its last fetch told it; those not
/// fetched yet are missing. From any thread, does not block.
std::vector<position> known_ends(rd_kafka_t* client,
                                 const std::vector<topic_partition>& of);

/// The list librdkafka takes, with the offsets.
partition_list to_list(const std::vector<position>& positions);

}  // namespace wskafka::kafka
