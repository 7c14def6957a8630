#pragma once

#include "protocol/fields.hpp"
#include "protocol/frame_storage.hpp"
#include "protocol/message.hpp"
#include "protocol/parse.hpp"

namespace wskafka::protocol {

/// The rules of `notif` `create`, whose envelope is sound. `store` takes what
/// does not stand in the frame as it goes to Kafka; views point into it.
message publish(const fields& found, const envelope& head, const limits& bounds,
                frame_storage& store);

}  // namespace wskafka::protocol
