#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace wskafka::config {

/// The candidate that was most likely meant by a mistyped name, or an empty
/// text when none is close. Case, `_` and `.` do not count, so `mqLimit` finds
/// `mq_limit`. Names of an absurd length find nothing, which bounds the work.
/// Pure.
std::string nearest(std::string_view name,
                    const std::vector<std::string>& candidates);

}  // namespace wskafka::config
