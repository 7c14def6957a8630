#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

/// Kafka's nouns as plain values, and how a failure is told.
namespace wskafka::kafka {

struct topic_partition {
  std::string topic;
  std::int32_t partition = 0;

  friend bool operator==(const topic_partition& a, const topic_partition& b) {
    return a.partition == b.partition && a.topic == b.topic;
  }
  friend bool operator<(const topic_partition& a, const topic_partition& b) {
    return std::tie(a.topic, a.partition) < std::tie(b.topic, b.partition);
  }
};

/// A position is the offset of the next record.
struct position {
  topic_partition at;
  std::int64_t offset = 0;
};

/// A failure in the words of the wire: `code` is Kafka's own name of the error
/// (`TOPIC_ALREADY_EXISTS`) or one of ours for what is local to librdkafka
/// (TIMEOUT, BROKER_UNAVAILABLE, QUEUE_FULL, UNKNOWN_TOPIC_OR_PARTITION,
/// INTERNAL); never librdkafka's spelling (`protocol.md` "Failure").
struct failure {
  std::string code;
  std::string message;
  bool retriable = false;
};

/// The failure for librdkafka's error number `error`; `what` begins the
/// sentence, e.g. "cannot create topic \"a\"".
failure to_failure(int error, const std::string& what);

/// The topics of the cluster at one moment, with their partition counts.
/// Names that start with `__` are among them.
struct topic_table {
  std::map<std::string, std::int32_t, std::less<>> partitions;
  /// Grows whenever a topic appears, disappears, is created anew or changes
  /// its partition count.
  std::uint64_t version = 0;
  /// The version that showed a topic first. A later one than before: another
  /// topic of the same name, as far as could be seen from here.
  std::map<std::string, std::uint64_t, std::less<>> since = {};

  /// That version; 0 for a topic that is not there.
  std::uint64_t born(const std::string& topic) const {
    const auto found = since.find(topic);
    return found == since.end() ? 0 : found->second;
  }
};

/// What a call on the cluster brought: a value, or why there is none.
template <class T>
struct result {
  std::optional<T> value;
  failure error;
  explicit operator bool() const { return value.has_value(); }
};

}  // namespace wskafka::kafka
