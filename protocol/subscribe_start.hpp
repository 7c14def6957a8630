#pragma once

#include "protocol/fields.hpp"
#include "protocol/message.hpp"
#include "protocol/parse.hpp"

#include <optional>

namespace wskafka::protocol {

/// Reads `p.from` into a subscribe whose topics are known; the refusal when it
/// cannot be carried out (`protocol.md` "Subscribing"). It names no more topics
/// than a request may, which with patterns `p.t` does not bound.
std::optional<bad_request> read_start(const fields& found, const envelope& head,
                                      const limits& bounds,
                                      subscribe_request& request);

}  // namespace wskafka::protocol
