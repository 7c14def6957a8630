#pragma once

#include <nlohmann/json.hpp>

namespace wskafka {

/// JSON off the hot path (actor state); keys keep the order they are given in.
using json = nlohmann::ordered_json;

}  // namespace wskafka
