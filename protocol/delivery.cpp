#include "protocol/base64.hpp"
#include "protocol/escape.hpp"
#include "protocol/render.hpp"
#include "protocol/utf8.hpp"

#include <algorithm>
#include <charconv>

namespace wskafka::protocol {

namespace {

constexpr std::string_view opening = "{\"id\":";
constexpr std::string_view middle = ",\"t\":\"notif\",\"p\":";
constexpr std::string_view encoding = ",\"encoding\":\"base64\"";
constexpr std::size_t id_digits = 20;  // of any 64-bit number
constexpr std::size_t longest_escape = 6;

void append_value(std::string& out, std::string_view value) {
  const text_traits traits = look_over(value);
  out += '"';
  if (traits.ascii || valid_utf8(value)) {
    if (traits.plain) {
      out += value;
    } else {
      append_escaped(out, value);
    }
    out += '"';
  } else {
    append_base64(out, value);
    out += '"';
    out += encoding;
  }
}

}  // namespace

void append_delivery(std::string& out, std::uint64_t id, std::string_view value,
                     bool null_value) {
  char head[opening.size() + id_digits + middle.size()];
  char* end = std::copy(opening.begin(), opening.end(), head);
  end = std::to_chars(end, end + id_digits, id).ptr;
  end = std::copy(middle.begin(), middle.end(), end);
  out.append(head, end);
  if (null_value) {
    out += "null";
  } else {
    append_value(out, value);
  }
  out += '}';
}

std::size_t delivery_bound(std::size_t size) {
  constexpr std::size_t around =
      opening.size() + id_digits + middle.size() + 2 + 1;
  // Base64 is the longer one only for the shortest values; null is never.
  const std::size_t escaped = longest_escape * size;
  const std::size_t encoded = base64_size(size) + encoding.size();
  return around + std::max(escaped, encoded);
}

}  // namespace wskafka::protocol
