#pragma once

#include <cstdint>

namespace wskafka {

/// The server's own message number: below 2^53, never given twice in the
/// process, in no order. Numbers are handed out to threads in blocks, so that
/// threads do not share a counter. From any thread.
std::uint64_t next_id();

}  // namespace wskafka
