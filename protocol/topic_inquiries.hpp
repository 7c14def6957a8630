#pragma once

#include "protocol/fields.hpp"
#include "protocol/message.hpp"
#include "protocol/parse.hpp"

namespace wskafka::protocol {

/// The rules of `topic` `describe`, `offsets` and `delete`, whose envelope is
/// sound.
message describe_topics(const fields& found, const envelope& head,
                        const limits& bounds);
message topic_offsets(const fields& found, const envelope& head,
                      const limits& bounds);
message delete_topics(const fields& found, const envelope& head,
                      const limits& bounds);

}  // namespace wskafka::protocol
