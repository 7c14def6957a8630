#pragma once

#include "protocol/fields.hpp"
#include "protocol/message.hpp"
#include "protocol/parse.hpp"

#include <string>
#include <vector>

namespace wskafka::protocol {

/// Applies the rules of `protocol.md` to one message and appends the request,
/// or the refusal, to `out`. `strict`: keys of `p` that the request does not
/// know refuse it. `compacted` takes the text of values that are
/// handed out without their whitespace; it must have room for all of the
/// frame, because views point into it.
void append_request(std::vector<message>& out, fields& found,
                    const limits& bounds, bool strict, std::string& compacted);

}  // namespace wskafka::protocol
