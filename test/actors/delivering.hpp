#pragma once

#include "actors/group_messages.hpp"
#include "test/support/record_values.hpp"

#include <memory>
#include <string>
#include <vector>

namespace wskafka::test {

/// Records with these values, from `first` on, as the group hands them on.
inline delivery delivered(const peer& to, const std::string& topic,
                          std::int64_t first,
                          const std::vector<std::string>& values,
                          std::uint64_t subscription = 1,
                          std::uint32_t owner_epoch = 1,
                          std::int32_t partition = 0) {
  auto [batch, bytes] = batch_of(topic, partition, first, values);
  delivery d;
  d.batch = std::move(batch);
  d.subscription = subscription;
  d.owner_epoch = owner_epoch;
  d.held = net::charge(to.account, net::direction::out, bytes);
  return d;
}

}  // namespace wskafka::test
