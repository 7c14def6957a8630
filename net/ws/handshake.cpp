#include "net/ws/handshake.hpp"

#include <algorithm>

namespace wskafka::ws {

bool origin_allowed(std::string_view origin,
                    const std::vector<std::string>& allowed) {
  return origin.empty() || allowed.empty() ||
         std::find(allowed.begin(), allowed.end(), origin) != allowed.end();
}

}  // namespace wskafka::ws
