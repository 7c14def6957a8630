#pragma once

#include <string_view>

namespace wskafka::protocol {

/// `broken_string`: an escape in it names a lone surrogate.
enum class kind {
  absent,
  null,
  boolean,
  number,
  string,
  broken_string,
  array,
  object,
};

/// One value of interest, as the JSON reader found it.
struct field {
  kind what = kind::absent;
  /// The key stood there more than once.
  bool repeated = false;
  /// The JSON text, without whitespace around it.
  std::string_view json;
  /// What a string says; set for `string` alone.
  std::string_view text;
};

}  // namespace wskafka::protocol
