#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace wskafka::protocol {

/// Appends `bytes` in the standard alphabet of RFC 4648, padded.
void append_base64(std::string& out, std::string_view bytes);

/// How many characters `append_base64` appends for `size` bytes.
constexpr std::size_t base64_size(std::size_t size) {
  return (size + 2) / 3 * 4;
}

/// Appends the bytes that `text` says and returns what was appended; nothing,
/// and nothing is appended, unless it is what `append_base64` makes of some
/// bytes: no other character, none missing, no bit set that says nothing.
std::optional<std::string_view> append_decoded(std::string& out,
                                               std::string_view text);

}  // namespace wskafka::protocol
