#include "net/ws/close_reason.hpp"

namespace wskafka::ws {

std::string_view to_string(close_reason reason) {
  switch (reason) {
    case close_reason::peer:
      return "peer";
    case close_reason::lost:
      return "lost";
    case close_reason::protocol_error:
      return "protocol_error";
    case close_reason::too_big:
      return "too_big";
    case close_reason::message_timeout:
      return "message_timeout";
    case close_reason::handshake_timeout:
      return "handshake_timeout";
    case close_reason::no_pong:
      return "no_pong";
    case close_reason::slow:
      return "slow";
    case close_reason::idle:
      return "idle";
    case close_reason::rate_limit:
      return "rate_limit";
    case close_reason::restart:
      return "restart";
    case close_reason::server:
      return "server";
    case close_reason::internal:
      return "internal";
  }
  return "unknown";
}

std::uint16_t close_code(close_reason reason) {
  switch (reason) {
    case close_reason::peer:
    case close_reason::server:
      return 1000;
    case close_reason::lost:
    case close_reason::handshake_timeout:
      return 1006;
    case close_reason::protocol_error:
    case close_reason::message_timeout:
      return 1002;
    case close_reason::too_big:
      return 1009;
    case close_reason::no_pong:
      return 4012;
    case close_reason::slow:
      return 4008;
    case close_reason::idle:
      return 4005;
    case close_reason::rate_limit:
      return 4013;
    case close_reason::restart:
      return 1012;
    case close_reason::internal:
      return 1011;
  }
  return 1011;
}

}  // namespace wskafka::ws
