#pragma once

#include <string>
#include <string_view>

namespace wskafka::protocol {

/// Appends `json`, which must be valid JSON, to `out` without the whitespace
/// outside its strings, and returns what was appended. 15 bytes behind `json`
/// must be readable. Does not allocate when `out` has room for `json.size()`.
std::string_view append_compact(std::string& out, std::string_view json);

}  // namespace wskafka::protocol
