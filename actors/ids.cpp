#include "actors/ids.hpp"

#include <atomic>

namespace wskafka {

std::uint64_t next_id() {
  constexpr std::uint64_t block = 4096;
  static std::atomic<std::uint64_t> blocks{0};
  thread_local std::uint64_t next = 0;
  if (next % block == 0)
    next = blocks.fetch_add(1, std::memory_order_relaxed) * block;
  return ++next;
}

}  // namespace wskafka
