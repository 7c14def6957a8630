#include "protocol/utf8.hpp"

#include <simdjson.h>

namespace wskafka::protocol {

bool valid_utf8(std::string_view bytes) {
  return simdjson::validate_utf8(bytes.data(), bytes.size());
}

}  // namespace wskafka::protocol
