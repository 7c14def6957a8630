#pragma once

#include "tools/wskafka-load/result.hpp"

#include <nlohmann/json.hpp>

namespace wskafka::load {

/// The result for programs, `compare` among them. What was not measured is
/// null, never 0. Times in us, memory in KiB, unless the name says otherwise.
nlohmann::json to_json(const result& of);

}  // namespace wskafka::load
