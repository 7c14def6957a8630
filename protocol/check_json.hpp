#pragma once

#include <cstddef>

namespace wskafka::protocol {

enum class flaw { none, syntax, too_deep };

/// Why and at which byte a text is not JSON; `at` is the size when the text
/// ends too early.
struct verdict {
  flaw what = flaw::none;
  std::size_t at = 0;
};

/// Checks that `text` is one JSON value (RFC 8259) with whitespace around it
/// and at most `depth` arrays and objects inside each other, `depth` being
/// small enough for recursion. Numbers have no largest value and escapes may
/// name lone surrogates: the grammar allows both. UTF-8 is not looked at.
///
/// `text[size]` must be readable and NUL, followed by 15 readable bytes.
verdict check_json(const char* text, std::size_t size, std::size_t depth);

/// The first byte at or after `text` that a JSON string cannot hold as it is:
/// a quote, a backslash or a control character. There must be one, followed
/// by 15 readable bytes.
const char* find_special(const char* text);

}  // namespace wskafka::protocol
