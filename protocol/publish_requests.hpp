#pragma once

#include "protocol/fields.hpp"
#include "protocol/message.hpp"
#include "protocol/parse.hpp"

#include <string>

namespace wskafka::protocol {

/// The rules of `notif` `create`, whose envelope is sound. `buffer` takes the
/// bytes of what does not stand in the frame as it goes to Kafka; views point
/// into it.
message publish(const fields& found, const envelope& head, const limits& bounds,
                std::string& buffer);

}  // namespace wskafka::protocol
