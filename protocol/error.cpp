#include "protocol/error.hpp"

namespace wskafka::protocol {

std::string_view to_string(error_code code) {
  switch (code) {
    case error_code::invalid_json:
      return "INVALID_JSON";
    case error_code::invalid_request:
      return "INVALID_REQUEST";
    case error_code::unknown_type:
      return "UNKNOWN_TYPE";
    case error_code::unknown_action:
      return "UNKNOWN_ACTION";
    case error_code::not_authenticated:
      return "NOT_AUTHENTICATED";
    case error_code::not_authorized:
      return "NOT_AUTHORIZED";
    case error_code::timeout:
      return "TIMEOUT";
    case error_code::broker_unavailable:
      return "BROKER_UNAVAILABLE";
    case error_code::queue_full:
      return "QUEUE_FULL";
    case error_code::rate_limited:
      return "RATE_LIMITED";
    case error_code::limit_reached:
      return "LIMIT_REACHED";
    case error_code::superseded:
      return "SUPERSEDED";
    case error_code::shutting_down:
      return "SHUTTING_DOWN";
    case error_code::internal:
      return "INTERNAL";
  }
  return "INTERNAL";  // a number that is no enumerator
}

bool retriable(error_code code) {
  switch (code) {
    case error_code::timeout:
    case error_code::broker_unavailable:
    case error_code::queue_full:
    case error_code::rate_limited:
    case error_code::limit_reached:
    case error_code::shutting_down:
    case error_code::internal:
      return true;
    case error_code::invalid_json:
    case error_code::invalid_request:
    case error_code::unknown_type:
    case error_code::unknown_action:
    case error_code::not_authenticated:
    case error_code::not_authorized:
    case error_code::superseded:
      return false;
  }
  return true;  // reads as INTERNAL, see above
}

}  // namespace wskafka::protocol
