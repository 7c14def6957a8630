#pragma once

#include <string_view>

namespace wskafka::protocol {

/// Whether the bytes are well-formed UTF-8 (no surrogates, no overlong forms).
bool valid_utf8(std::string_view bytes);

}  // namespace wskafka::protocol
