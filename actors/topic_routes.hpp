#pragma once

#include "config/options.hpp"
#include "net/kafka/edge.hpp"

#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <string_view>

namespace wskafka {

/// One producer's own small table of topics: the handle, how many partitions,
/// and which one is next. Looked up once per record without a lock; refreshed
/// when the cluster's topic table has a new version. Used by one actor.
class topic_routes {
 public:
  struct route {
    kafka::producer_topic* handle = nullptr;
    /// 0: the topic is not known to exist.
    std::int32_t partitions = 0;
    std::uint32_t cursor = 0;
    std::uint64_t version = 0;
  };

  /// `seed` spreads the first partitions of short-lived connections.
  topic_routes(kafka::edge& edge, config::partitioner how, std::uint64_t seed)
      : edge_(edge), how_(how), seed_(seed), random_(seed) {}

  /// Begins a flush: reads the table's version once, and lets `cyclic` move on
  /// by one partition per topic, as kafka-node does.
  void begin_flush() {
    version_ = edge_.topics_version();
    for (auto& entry : routes_)
      ++entry.second.cursor;
  }

  /// The topic's route; `partitions` is 0 while it is not known to exist. Valid
  /// until the next call.
  route& find(std::string_view topic);

  /// The partition for a record without a key.
  std::int32_t choose(const route& to);

  /// The partition for the batch's item: its own, that of its key, or as above.
  std::int32_t choose(const route& to, const kafka::publish_batch& batch,
                      const kafka::publish_item& item);

  /// The topic does not exist: nothing is kept of its name.
  void forget(const std::string& topic) { routes_.erase(topic); }

 private:
  kafka::edge& edge_;
  const config::partitioner how_;
  const std::uint64_t seed_;
  std::minstd_rand random_;
  std::uint64_t version_ = 0;
  std::map<std::string, route, std::less<>> routes_;
};

}  // namespace wskafka
