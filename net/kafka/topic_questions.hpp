#pragma once

#include "net/kafka/types.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

/// What topics are made with, and what can be asked about them: plain values.
namespace wskafka::kafka {

/// What is told of a topic that is to be created; the rest is for the broker to
/// choose.
struct topic_shape {
  std::optional<std::int32_t> partitions;
  std::optional<std::int16_t> replication_factor;
  /// The topic's own settings, by Kafka's names.
  std::map<std::string, std::string> config;

  /// It tells what an existing topic can be compared by.
  bool named() const { return partitions || replication_factor; }

  friend bool operator<(const topic_shape& a, const topic_shape& b) {
    return std::tie(a.partitions, a.replication_factor, a.config) <
           std::tie(b.partitions, b.replication_factor, b.config);
  }
};

struct new_topic {
  std::string name;
  topic_shape shape;
};

/// Topics as the broker makes them.
inline std::vector<new_topic> plain_topics(
    const std::vector<std::string>& names) {
  std::vector<new_topic> topics;
  for (const std::string& name : names)
    topics.push_back({name, {}});
  return topics;
}

/// What became of one topic that was to be created or deleted.
struct create_outcome {
  std::string topic;
  /// Absent: a created topic exists now, created or found, and can be produced
  /// to and subscribed to; a deleted one is gone.
  std::optional<failure> error;
};

struct partition_description {
  std::int32_t partition = 0;
  /// Absent: it has none at the moment.
  std::optional<std::int32_t> leader;
  std::vector<std::int32_t> replicas;
  /// Those that have all of its log.
  std::vector<std::int32_t> in_sync;
};

struct topic_description {
  std::string topic;
  /// By number.
  std::vector<partition_description> partitions;
};

struct topic_descriptions {
  /// Those that do not exist; then there are no others.
  std::vector<std::string> missing;
  /// By name.
  std::vector<topic_description> topics;
};

struct offsets_question {
  std::vector<std::string> topics;
  /// Milliseconds since the epoch: where is the first record of that time or
  /// later?
  std::optional<std::int64_t> at;
  /// What has this group committed? Empty: nobody asks.
  std::string group;
};

struct partition_offsets {
  topic_partition at;
  /// The first record that is still there.
  std::int64_t earliest = 0;
  /// The end; with `read_committed` that of what is committed.
  std::int64_t latest = 0;
  /// `latest` where no record is of the time that was asked for or later.
  std::optional<std::int64_t> of_time;
  /// Absent where the group has none.
  std::optional<std::int64_t> committed;
};

struct topic_offsets {
  /// Those that do not exist; then there are no others.
  std::vector<std::string> missing;
  /// By topic and partition.
  std::vector<partition_offsets> partitions;
};

}  // namespace wskafka::kafka
