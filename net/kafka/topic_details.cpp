#include "net/kafka/topic_details.hpp"

#include "net/kafka/handle.hpp"

#include <algorithm>
#include <utility>

namespace wskafka::kafka {
namespace {

partition_description describe_partition(
    const rd_kafka_metadata_partition_t& told) {
  partition_description p;
  p.partition = told.id;
  if (told.leader >= 0)
    p.leader = told.leader;
  p.replicas.assign(told.replicas, told.replicas + told.replica_cnt);
  p.in_sync.assign(told.isrs, told.isrs + told.isr_cnt);
  return p;
}

bool before(const partition_description& a, const partition_description& b) {
  return a.partition < b.partition;
}

}  // namespace

topic_description describe_topic(const topic_view& view,
                                 const std::string& name) {
  topic_description found{name, {}};
  const rd_kafka_metadata_topic* const begin = view.answer->topics;
  const rd_kafka_metadata_topic* const end = begin + view.answer->topic_cnt;
  const auto* topic = std::find_if(
      begin, end,
      [&](const rd_kafka_metadata_topic& each) { return name == each.topic; });
  if (topic == end)
    return found;
  for (int i = 0; i < topic->partition_cnt; ++i)
    found.partitions.push_back(describe_partition(topic->partitions[i]));
  std::sort(found.partitions.begin(), found.partitions.end(), before);
  return found;
}

topic_descriptions describe_topics(const topic_view& view,
                                   std::vector<std::string> names) {
  topic_descriptions all;
  all.missing = missing_topics(view, names);
  if (!all.missing.empty())
    return all;
  std::sort(names.begin(), names.end());
  for (const std::string& name : names)
    all.topics.push_back(describe_topic(view, name));
  return all;
}

std::vector<std::string> missing_topics(const topic_view& view,
                                        const std::vector<std::string>& names) {
  std::vector<std::string> missing;
  for (const std::string& name : names)
    if (view.table->partitions.count(name) == 0)
      missing.push_back(name);
  return missing;
}

}  // namespace wskafka::kafka
