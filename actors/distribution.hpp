#pragma once

#include "net/kafka/types.hpp"

#include <cstdint>
#include <map>
#include <set>
#include <string>

namespace wskafka {

/// Who has what: partitions by owner's `ws`; 0 is nobody.
using ownership = std::map<kafka::topic_partition, std::uint64_t>;

/// What each local member subscribed to, by `ws`.
using interests = std::map<std::uint64_t, std::set<std::string>>;

/// Hands the partitions that this process holds out to its local connections:
/// each partition to exactly one that subscribed to its topic (to nobody when
/// none did), the numbers of any two that could share a partition differing by
/// at most one, and as few partitions moved from their owner in `now` as that
/// allows. Pure; the same arguments give the same answer.
ownership distribute(const interests& members, const ownership& now);

}  // namespace wskafka
