#pragma once

#include "protocol/record_batch.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace wskafka::test {

/// A batch of records with these values, from `first` on, and what it is to be
/// charged with.
inline std::pair<std::shared_ptr<protocol::record_batch>, std::size_t> batch_of(
    const std::string& topic, std::int32_t partition, std::int64_t first,
    const std::vector<std::string>& values) {
  auto batch = std::make_shared<protocol::record_batch>();
  batch->topic = topic;
  batch->partition = partition;
  std::size_t bytes = 0;
  for (const std::string& value : values) {
    protocol::record r;
    r.offset = first++;
    r.value_begin = static_cast<std::uint32_t>(batch->arena.size());
    r.value_size = static_cast<std::uint32_t>(value.size());
    batch->arena += value;
    batch->records.push_back(r);
    bytes += protocol::record_batch::charge(r);
  }
  return {std::move(batch), bytes};
}

}  // namespace wskafka::test
