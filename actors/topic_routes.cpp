#include "actors/topic_routes.hpp"

#include "net/kafka/murmur2.hpp"

namespace wskafka {

topic_routes::route& topic_routes::find(std::string_view topic) {
  auto found = routes_.find(topic);
  if (found == routes_.end()) {
    found = routes_.emplace(std::string(topic), route{}).first;
    found->second.cursor = static_cast<std::uint32_t>(seed_ % 1024);
  }
  route& entry = found->second;
  if (entry.partitions == 0 || entry.version != version_) {
    const auto table = edge_.topics();
    const auto known = table->partitions.find(topic);
    entry.partitions = known == table->partitions.end() ? 0 : known->second;
    entry.version = version_;
    if (entry.partitions > 0 && entry.handle == nullptr)
      entry.handle = edge_.producer().topic(topic);
  }
  return entry;
}

std::int32_t topic_routes::choose(const route& to) {
  switch (how_) {
    case config::partitioner::first:
      return 0;
    case config::partitioner::random:
      return static_cast<std::int32_t>(
          random_() % static_cast<std::uint32_t>(to.partitions));
    case config::partitioner::cyclic:
      return static_cast<std::int32_t>(
          to.cursor % static_cast<std::uint32_t>(to.partitions));
    case config::partitioner::keyed:
      // kafka-node's hash of the absent key is 0, which it turns into 1.
      return 1 % to.partitions;
  }
  return 0;
}

std::int32_t topic_routes::choose(const route& to,
                                  const kafka::publish_batch& batch,
                                  const kafka::publish_item& item) {
  const kafka::publish_extras* extras = batch.extras_of(item);
  if (extras == nullptr)
    return choose(to);
  // Whether it is there the edge knows better than our table of a while ago.
  if (extras->partition >= 0)
    return extras->partition;
  if (extras->has_key)
    return kafka::partition_of_key(batch.bytes(extras->key), to.partitions);
  return choose(to);
}

}  // namespace wskafka
