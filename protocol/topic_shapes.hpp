#pragma once

#include "protocol/fields.hpp"
#include "protocol/message.hpp"

#include <optional>

namespace wskafka::protocol {

/// Reads what is told of the topics of a create beside their names, which the
/// request has already; what is wrong with it, or nothing.
std::optional<bad_request> read_shapes(const fields& found,
                                       const envelope& head,
                                       create_request& request);

}  // namespace wskafka::protocol
