#pragma once

#include "protocol/fields.hpp"
#include "protocol/message.hpp"

#include <optional>

namespace wskafka::protocol {

/// Reads `p.from` into a subscribe whose topics are known; the refusal when it
/// cannot be carried out (`protocol.md` "Subscribing").
std::optional<bad_request> read_start(const fields& found, const envelope& head,
                                      subscribe_request& request);

}  // namespace wskafka::protocol
