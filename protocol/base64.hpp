#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace wskafka::protocol {

/// Appends `bytes` in the standard alphabet of RFC 4648, padded.
void append_base64(std::string& out, std::string_view bytes);

/// How many characters `append_base64` appends for `size` bytes.
constexpr std::size_t base64_size(std::size_t size) {
  return (size + 2) / 3 * 4;
}

}  // namespace wskafka::protocol
