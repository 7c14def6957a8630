#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace wskafka::ws {

/// Whether a page of this origin may connect: an exact match, anything when
/// nothing is allowed by name, and whoever sends none (no browser does).
bool origin_allowed(std::string_view origin,
                    const std::vector<std::string>& allowed);

/// The one subprotocol that is ever echoed; others, such as `bearer.<token>`,
/// may be offered beside it.
inline constexpr std::string_view subprotocol = "wskafka.v1";

/// What a request that asks for no WebSocket is told.
inline constexpr std::string_view upgrade_hint =
    "This is a WebSocket server: connect with ws://, protocol version 13.\n";

}  // namespace wskafka::ws
