#pragma once

#include "net/kafka/handle.hpp"
#include "net/kafka/publish_batch.hpp"

#include <cstdint>

namespace wskafka::kafka {

/// Gives one item to librdkafka, which reports it with the item's address. The
/// value stays in the batch, uncopied; key and headers are copied, as it does
/// always. Returns its error; then it has nothing of the item. From any thread,
/// never blocks.
int hand_over(rd_kafka_t* client, rd_kafka_topic_t* topic,
              std::int32_t partition, const publish_batch& batch,
              publish_item& item);

}  // namespace wskafka::kafka
