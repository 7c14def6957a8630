#pragma once

#include <cstdint>
#include <string_view>

namespace wskafka::kafka {

/// The hash by which Kafka's Java client spreads keys: `Utils.murmur2`. Pure.
std::uint32_t murmur2(std::string_view bytes);

/// The partition of a key among `count` (at least 1), the same as the Java
/// client's, so that all producers put a key's records into one. Pure.
std::int32_t partition_of_key(std::string_view key, std::int32_t count);

}  // namespace wskafka::kafka
