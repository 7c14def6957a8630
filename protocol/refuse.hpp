#pragma once

#include "protocol/fields.hpp"
#include "protocol/message.hpp"
#include "protocol/parse.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Refusals with sentences for a person, for all that turns fields into
/// requests.
namespace wskafka::protocol {

/// One of our codes.
bad_request refuse(const envelope& head, error_code code, std::string sentence);

/// INVALID_REQUEST because `value` is not what it should be. `name` is where
/// it stands, `wanted` completes "... must be ".
bad_request refuse_value(const envelope& head, const field& value,
                         std::string_view name, std::string_view wanted);

/// Text from a client inside a sentence: in quotes, long ones cut.
std::string quoted(std::string_view text);

/// Why the topic's name may not be used, or nothing.
std::optional<std::string> refused_name(std::string_view name,
                                        const limits& bounds);

/// The partition that stands in the list twice, or nothing; `where` names the
/// list.
std::optional<bad_request> refuse_repeated(
    const envelope& head, const std::vector<record_position>& list,
    const char* where);

/// The code of a refused name: Kafka's own, so that its refusals and ours
/// read alike.
inline constexpr std::string_view refused_name_code = "INVALID_TOPIC_EXCEPTION";

/// A request that cannot go on with the name that `sentence` refuses.
bad_request refuse_name(const envelope& head, std::string sentence);

}  // namespace wskafka::protocol
