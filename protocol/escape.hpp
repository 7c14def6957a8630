#pragma once

#include <string>
#include <string_view>

namespace wskafka::protocol {

/// What one look over a text tells its renderer.
struct text_traits {
  /// It is the inside of a JSON string as it stands.
  bool plain = true;
  /// No byte above 0x7f, hence valid UTF-8.
  bool ascii = true;
};

text_traits look_over(std::string_view text);

/// Appends `text` as the inside of a JSON string: quotes, backslashes and
/// control characters are escaped, all else stays.
void append_escaped(std::string& out, std::string_view text);

}  // namespace wskafka::protocol
