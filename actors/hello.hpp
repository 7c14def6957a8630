#pragma once

#include "config/options.hpp"

#include <cstdint>
#include <string>

namespace wskafka {

/// What a hello is told, as JSON text: who we are, what can be asked for beyond
/// part 1 of the protocol, the limits that hold, and the connection's number.
/// Pure.
std::string hello_text(const config::options& options, std::uint64_t ws);

}  // namespace wskafka
