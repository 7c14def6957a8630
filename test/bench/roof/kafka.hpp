#pragma once

#include <librdkafka/rdkafka.h>

#include <map>
#include <memory>
#include <string>

namespace wskafka::roof {

struct kafka_deleter {
  void operator()(rd_kafka_t* it) const { rd_kafka_destroy(it); }
  void operator()(rd_kafka_queue_t* it) const { rd_kafka_queue_destroy(it); }
  void operator()(rd_kafka_topic_partition_list_t* it) const {
    rd_kafka_topic_partition_list_destroy(it);
  }
};
using handle = std::unique_ptr<rd_kafka_t, kafka_deleter>;
using queue = std::unique_ptr<rd_kafka_queue_t, kafka_deleter>;
using partition_list =
    std::unique_ptr<rd_kafka_topic_partition_list_t, kafka_deleter>;

using properties = std::map<std::string, std::string>;

/// Throws with librdkafka's own words. `on_report` is for producers.
handle make_handle(rd_kafka_type_t type, const properties& settings,
                   void (*on_report)(rd_kafka_t*, const rd_kafka_message_t*,
                                     void*) = nullptr,
                   void* opaque = nullptr);

/// How many partitions the topic has, once the broker shows it; throws when it
/// does not within seconds.
int partition_count(rd_kafka_t* with, const std::string& topic);

/// CPU that this process used so far, in seconds.
double own_cpu_s();

}  // namespace wskafka::roof
