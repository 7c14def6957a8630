#pragma once

#include <cstdint>

namespace wskafka::ws {

/// Bytes that the other end's TCP has acknowledged on this socket; 0 when the
/// kernel does not say. One system call.
std::uint64_t acknowledged_bytes(int socket);

}  // namespace wskafka::ws
