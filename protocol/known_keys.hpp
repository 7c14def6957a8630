#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace wskafka::protocol {

/// The keys that `p` may have in a request of this type and action (an empty
/// action: none was given), where it is an object; null for a request that
/// does not exist. Clients that have said hello are refused all others. Pure.
const std::vector<std::string>* known_keys(std::string_view type,
                                           std::string_view action);

}  // namespace wskafka::protocol
