#include "protocol/base64.hpp"
#include "protocol/render.hpp"
#include "protocol/utf8.hpp"

#include <charconv>

namespace wskafka::protocol {

namespace {

void append_number(std::string& out, std::int64_t value) {
  char digits[24];
  out.append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
}

// True when it had to be base64.
bool append_bytes(std::string& out, std::string_view bytes) {
  if (valid_utf8(bytes)) {
    append_string(out, bytes);
    return false;
  }
  out += '"';
  append_base64(out, bytes);
  out += '"';
  return true;
}

void append_headers(std::string& out, std::string_view headers) {
  char separator = '[';
  each_header(headers, [&](std::string_view name, const auto& value) {
    out += separator;
    separator = ',';
    out += '[';
    // A name that is no text is shown as far as it is.
    append_string(out, valid_utf8(name) ? name : "?");
    out += ',';
    if (!value) {
      out += "null";
    } else if (append_bytes(out, *value)) {
      out += ",\"base64\"";
    }
    out += ']';
  });
  out += separator == '[' ? "[]" : "]";
}

}  // namespace

void append_meta(std::string& out, const record_batch& batch, const record& r) {
  out += "{\"topic\":";
  append_string(out, batch.topic);
  out += ",\"partition\":";
  append_number(out, batch.partition);
  out += ",\"offset\":";
  append_number(out, r.offset);
  out += ",\"timestamp\":";
  if (r.timestamp < 0) {
    out += "null";
  } else {
    append_number(out, r.timestamp);
  }
  out += ",\"key\":";
  if (r.null_key) {
    out += "null";
  } else if (append_bytes(out, batch.key(r))) {
    out += ",\"key_encoding\":\"base64\"";
  }
  out += ",\"headers\":";
  append_headers(out, batch.headers(r));
  out += '}';
}

}  // namespace wskafka::protocol
