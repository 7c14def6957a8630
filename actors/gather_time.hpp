#pragma once

#include "config/options.hpp"

#include <algorithm>
#include <chrono>
#include <optional>

namespace wskafka {

/// The part of `mq_interval` for which a router may keep publishes of busy
/// connections together; their producers wait the rest. None where publishes
/// do not wait at all.
inline std::chrono::milliseconds gather_time(
    const config::producer_options& options) {
  if (!options.mq_interval)
    return std::chrono::milliseconds(0);
  return std::min(*options.mq_interval / 10, std::chrono::milliseconds(5));
}

/// The rest of it, for the producers' buffers; nothing where `mq_interval` is.
inline std::optional<std::chrono::milliseconds> buffer_time(
    const config::producer_options& options) {
  if (!options.mq_interval)
    return std::nullopt;
  return *options.mq_interval - gather_time(options);
}

}  // namespace wskafka
