#pragma once

#include "protocol/fields.hpp"
#include "protocol/frame_storage.hpp"
#include "protocol/message.hpp"
#include "protocol/parse.hpp"

#include <vector>

namespace wskafka::protocol {

/// Applies the rules of `protocol.md` to one message and appends the request,
/// or the refusal, to `out`. `strict`: keys of `p` that the request does not
/// know refuse it. `store` takes what is handed out otherwise than it stands in
/// the frame; its text must have room for all of the frame.
void append_request(std::vector<message>& out, fields& found,
                    const limits& bounds, bool strict, frame_storage& store);

}  // namespace wskafka::protocol
