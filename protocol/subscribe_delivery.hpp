#pragma once

#include "protocol/fields.hpp"
#include "protocol/message.hpp"

#include <optional>

namespace wskafka::protocol {

/// Reads how records are to be delivered into a subscribe of which it is known
/// whether it is a broadcast; the refusal when it cannot be carried out
/// (`protocol.md` "Subscribing").
std::optional<bad_request> read_delivery(const fields& found,
                                         const envelope& head,
                                         subscribe_request& request);

}  // namespace wskafka::protocol
