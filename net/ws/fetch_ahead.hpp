#pragma once

#include <cstddef>

namespace wskafka::ws {

/// Asks the processor for memory that is read soon, and does not wait for it.
/// The address may be of anything, even of nothing.
inline void fetch_ahead(const void* from, std::size_t bytes) {
  constexpr std::size_t cache_line = 64;
  for (std::size_t i = 0; i < bytes; i += cache_line)
    __builtin_prefetch(static_cast<const char*>(from) + i);
}

}  // namespace wskafka::ws
