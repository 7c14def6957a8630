#include "protocol/compact.hpp"

#include "protocol/check_json.hpp"

namespace wskafka::protocol {

namespace {

bool space(char c) {
  return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

// The byte behind the closing quote of the string whose opening quote is at
// `text`.
const char* skip_string(const char* text) {
  ++text;
  while (*(text = find_special(text)) != '"') {
    text += 2;  // the only special in a valid string is an escape
  }
  return text + 1;
}

}  // namespace

std::string_view append_compact(std::string& out, std::string_view json) {
  const std::size_t old = out.size();
  const char* at = json.data();
  const char* const end = at + json.size();
  while (at != end) {
    const char* const begin = at;
    while (at != end && !space(*at)) {
      at = *at == '"' ? skip_string(at) : at + 1;
    }
    out.append(begin, at);
    while (at != end && space(*at)) {
      ++at;
    }
  }
  return std::string_view(out).substr(old);
}

}  // namespace wskafka::protocol
