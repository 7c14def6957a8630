#pragma once

#include "protocol/fields.hpp"
#include "protocol/message.hpp"
#include "protocol/parse.hpp"

#include <optional>
#include <string_view>
#include <vector>

/// What requests that name topics and groups have in common.
namespace wskafka::protocol {

/// What is wrong with a list of names as a list; `where` it stands. `others`:
/// it holds what is no name, too.
std::optional<bad_request> check_names(const name_list& names,
                                       const envelope& head,
                                       const limits& bounds, const char* where,
                                       bool others = false);

/// The name of the first topic that may not be named refuses the request.
std::optional<bad_request> check_each(
    const std::vector<std::string_view>& names, const envelope& head,
    const limits& bounds);

/// Parts those that may not be named from the others.
void split_names(const std::vector<std::string_view>& names,
                 const limits& bounds, std::vector<std::string_view>& good,
                 std::vector<topic_failure>& refused);

/// What is wrong with the name of a group; absent and null are none.
std::optional<bad_request> check_group(const field& group, const envelope& head,
                                       const char* where);

}  // namespace wskafka::protocol
