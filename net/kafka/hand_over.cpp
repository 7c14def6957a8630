#include "net/kafka/hand_over.hpp"

#include <cstddef>
#include <string_view>

namespace wskafka::kafka {
namespace {

using headers_handle = owned<rd_kafka_headers_t, rd_kafka_headers_destroy>;

/// librdkafka takes no pointer to const, and does not write. What is empty has
/// an address all the same, or it would be a null.
void* address(std::string_view bytes) {
  return const_cast<char*>(bytes.data());
}

headers_handle headers_of(const publish_batch& batch,
                          const publish_extras& extras) {
  headers_handle list;
  if (extras.headers_size == 0)
    return list;
  list.reset(rd_kafka_headers_new(extras.headers_size));
  for (std::uint32_t i = 0; i < extras.headers_size; ++i) {
    const publish_header& header = batch.headers[extras.headers_begin + i];
    const std::string_view name = batch.bytes(header.name);
    const std::string_view value = batch.bytes(header.value);
    rd_kafka_header_add(list.get(), name.data(),
                        static_cast<ssize_t>(name.size()),
                        header.null_value ? nullptr : value.data(),
                        static_cast<ssize_t>(value.size()));
  }
  return list;
}

/// The few that have more than a value, by the slower call that takes it.
int hand_over_all(rd_kafka_t* client, rd_kafka_topic_t* topic,
                  std::int32_t partition, const publish_batch& batch,
                  publish_item& item, const publish_extras& extras) {
  headers_handle headers = headers_of(batch, extras);
  rd_kafka_vu_t all[7];
  std::size_t count = 0;
  const auto next = [&](rd_kafka_vtype_t what) -> auto& {
    all[count].vtype = what;
    return all[count++].u;
  };
  next(RD_KAFKA_VTYPE_RKT).rkt = topic;
  next(RD_KAFKA_VTYPE_PARTITION).i32 = partition;
  next(RD_KAFKA_VTYPE_OPAQUE).ptr = &item;
  const std::string_view value = batch.value(item);
  if (!item.null_value)
    next(RD_KAFKA_VTYPE_VALUE).mem = {address(value), value.size()};
  const std::string_view key = batch.bytes(extras.key);
  if (extras.has_key)
    next(RD_KAFKA_VTYPE_KEY).mem = {address(key), key.size()};
  if (extras.timestamp != 0)
    next(RD_KAFKA_VTYPE_TIMESTAMP).i64 = extras.timestamp;
  if (headers)
    next(RD_KAFKA_VTYPE_HEADERS).headers = headers.get();
  const error_handle error(rd_kafka_produceva(client, all, count));
  if (error)
    return rd_kafka_error_code(error.get());
  // They went with the record.
  static_cast<void>(headers.release());
  return RD_KAFKA_RESP_ERR_NO_ERROR;
}

}  // namespace

int hand_over(rd_kafka_t* client, rd_kafka_topic_t* topic,
              std::int32_t partition, const publish_batch& batch,
              publish_item& item) {
  if (const publish_extras* extras = batch.extras_of(item))
    return hand_over_all(client, topic, partition, batch, item, *extras);
  const std::string_view value = batch.value(item);
  void* payload = item.null_value ? nullptr : address(value);
  if (rd_kafka_produce(topic, partition, 0, payload,
                       item.null_value ? 0 : value.size(), nullptr, 0,
                       &item) != 0)
    return rd_kafka_last_error();
  return RD_KAFKA_RESP_ERR_NO_ERROR;
}

}  // namespace wskafka::kafka
