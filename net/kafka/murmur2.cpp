#include "net/kafka/murmur2.hpp"

#include <cstddef>

namespace wskafka::kafka {

std::uint32_t murmur2(std::string_view bytes) {
  constexpr std::uint32_t seed = 0x9747b28c;
  constexpr std::uint32_t m = 0x5bd1e995;
  const auto at = [bytes](std::size_t i) {
    return static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[i]));
  };
  std::uint32_t h = seed ^ static_cast<std::uint32_t>(bytes.size());
  std::size_t i = 0;
  for (; i + 4 <= bytes.size(); i += 4) {
    std::uint32_t k =
        at(i) | at(i + 1) << 8 | at(i + 2) << 16 | at(i + 3) << 24;
    k *= m;
    k ^= k >> 24;
    k *= m;
    h *= m;
    h ^= k;
  }
  if (i < bytes.size()) {
    for (std::size_t k = bytes.size(); k-- > i;)
      h ^= at(k) << (8 * (k - i));
    h *= m;
  }
  h ^= h >> 13;
  h *= m;
  h ^= h >> 15;
  return h;
}

std::int32_t partition_of_key(std::string_view key, std::int32_t count) {
  // `Utils.toPositive` drops the sign bit.
  const auto positive = static_cast<std::int32_t>(murmur2(key) & 0x7fffffff);
  return positive % count;
}

}  // namespace wskafka::kafka
