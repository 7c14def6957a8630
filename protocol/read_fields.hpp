#pragma once

#include "protocol/fields.hpp"

#include <simdjson.h>

namespace wskafka::protocol {

/// Reads one message's values. Throws `simdjson_error` where the JSON library
/// contradicts our own check of the frame.
void read_message(fields& to, simdjson::ondemand::object object);

}  // namespace wskafka::protocol
