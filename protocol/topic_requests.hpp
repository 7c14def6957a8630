#pragma once

#include "protocol/fields.hpp"
#include "protocol/message.hpp"
#include "protocol/parse.hpp"

namespace wskafka::protocol {

/// The rules of the messages with `t` `topic`, whose envelope is sound.
message topic_request(const fields& found, const envelope& head,
                      const limits& bounds);

}  // namespace wskafka::protocol
