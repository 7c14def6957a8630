#pragma once

#include "tools/wskafka-load/result.hpp"

#include <nlohmann/json.hpp>

#include <string>

namespace wskafka::load {

/// The result for programs, `compare` among them. What was not measured is
/// null, never 0. Times in us, memory in KiB, unless the name says otherwise.
nlohmann::json to_json(const result& of);

/// The same as text. What servers said need not be UTF-8: the text is.
std::string json_text(const result& of);

}  // namespace wskafka::load
