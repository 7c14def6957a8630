#pragma once

#include "protocol/fields.hpp"
#include "protocol/message.hpp"
#include "protocol/parse.hpp"

#include <string>
#include <vector>

namespace wskafka::protocol {

/// Applies the rules of `protocol.md` to one message and appends the request,
/// or the refusal, to `out`. `strict`: keys of `p` that the request does not
/// know refuse it. `buffer` takes what is handed out otherwise than it stands
/// in the frame: without its whitespace, or decoded. It must have room for all
/// of the frame, because views point into it.
void append_request(std::vector<message>& out, fields& found,
                    const limits& bounds, bool strict, std::string& buffer);

}  // namespace wskafka::protocol
