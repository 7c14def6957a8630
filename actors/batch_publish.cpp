#include "actors/batch_publish.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace wskafka {
namespace {

std::uint32_t append(std::string& arena, std::string_view bytes) {
  const auto begin = static_cast<std::uint32_t>(arena.size());
  arena.append(bytes);
  return begin;
}

std::uint32_t size_of(std::string_view bytes) {
  return static_cast<std::uint32_t>(bytes.size());
}

/// Returns what they are charged with.
std::size_t add_extras(kafka::publish_batch& batch,
                       const protocol::record_extras& more) {
  const auto slice = [&](std::string_view bytes) {
    return kafka::arena_slice{append(batch.arena, bytes), size_of(bytes)};
  };
  kafka::publish_extras extras;
  std::size_t charge = sizeof(extras);
  if (more.key) {
    extras.has_key = true;
    extras.key = slice(*more.key);
    charge += more.key->size();
  }
  extras.partition = more.partition.value_or(-1);
  extras.timestamp = more.timestamp.value_or(0);
  extras.headers_begin = static_cast<std::uint32_t>(batch.headers.size());
  extras.headers_size = static_cast<std::uint32_t>(more.headers.size());
  for (const protocol::record_header& header : more.headers) {
    batch.headers.push_back(
        {slice(header.name), slice(header.value), header.null_value});
    charge +=
        kafka::publish_header_charge + header.name.size() + header.value.size();
  }
  batch.extras.push_back(extras);
  return charge;
}

}  // namespace

std::size_t add_to_batch(kafka::publish_batch& batch,
                         const protocol::publish_request& request) {
  std::string& arena = batch.arena;
  std::size_t charge = kafka::publish_item_charge;
  kafka::publish_item item;
  item.topic_begin = append(arena, request.topic);
  item.topic_size = size_of(request.topic);
  item.value_begin = append(arena, request.value);
  item.value_size = size_of(request.value);
  item.id_begin = append(arena, request.head.id);
  item.id_size = size_of(request.head.id);
  item.null_value = request.null_value;
  item.named_action = !request.head.a.empty();
  item.receipt = request.ack;
  if (request.more) {
    charge += add_extras(batch, *request.more);
    item.extras = static_cast<std::uint32_t>(batch.extras.size());
  }
  batch.items.push_back(std::move(item));
  return charge;
}

}  // namespace wskafka
