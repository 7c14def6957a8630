#pragma once

#include "actors/messages.hpp"

#include <memory>
#include <string>
#include <vector>

namespace wskafka::test {

/// Records with these values, from `first` on, as the group hands them on.
inline delivery delivered(const peer& to, const std::string& topic,
                          std::int64_t first,
                          const std::vector<std::string>& values,
                          std::uint64_t subscription = 1,
                          std::uint32_t owner_epoch = 1) {
  auto batch = std::make_shared<protocol::record_batch>();
  batch->topic = topic;
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
  delivery d;
  d.batch = std::move(batch);
  d.subscription = subscription;
  d.owner_epoch = owner_epoch;
  d.held = net::charge(to.account, net::direction::out, bytes);
  return d;
}

}  // namespace wskafka::test
