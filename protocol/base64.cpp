#include "protocol/base64.hpp"

namespace wskafka::protocol {

namespace {

constexpr char alphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

// Writes the four characters of the 24 bits in `group`.
char* put(char* to, unsigned group) {
  for (int shift = 18; shift >= 0; shift -= 6) {
    *to++ = alphabet[(group >> shift) & 63];
  }
  return to;
}

}  // namespace

void append_base64(std::string& out, std::string_view bytes) {
  const auto at = [bytes](std::size_t i) -> unsigned {
    return i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0;
  };
  const std::size_t old = out.size();
  out.resize(old + base64_size(bytes.size()));
  char* to = out.data() + old;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    to = put(to, at(i) << 16 | at(i + 1) << 8 | at(i + 2));
  }
  const std::size_t padding = (3 - bytes.size() % 3) % 3;
  out.replace(out.size() - padding, padding, padding, '=');
}

}  // namespace wskafka::protocol
