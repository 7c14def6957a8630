#pragma once

#include "protocol/fields.hpp"
#include "protocol/message.hpp"

#include <optional>
#include <string_view>

/// `pause`, `resume`, `seek` and `position` of `protocol.md` "Control".
namespace wskafka::protocol {

/// The action of this name, when it is one of these.
std::optional<partitions_request::action> partitions_action(
    std::string_view name);

/// The request, or why it is refused.
message read_partitions(partitions_request::action what, const fields& found,
                        const envelope& head);

}  // namespace wskafka::protocol
