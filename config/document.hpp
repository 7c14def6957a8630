#pragma once

#include "config/value.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace wskafka::config {

/// Something wrong with the text of a file, before any option is looked at.
struct text_fault {
  /// Counted from 1.
  unsigned line = 0;
  /// In bytes, counted from 1; 0 when the line alone says it.
  unsigned column = 0;
  /// Key path such as `producer_config.mq_limit`; empty for the whole file.
  std::string path;
  std::string text;
};

/// A file as it was written. `root` is null when the text is not JSON; there
/// is at least one fault then.
struct document {
  value root;
  std::vector<text_fault> faults;
};

/// Reads JSON in which `//` and `/* */` comments are allowed, and a UTF-8
/// byte order mark in front. A syntax error is one fault; keys given twice in
/// one object are one fault each. Nesting is limited (no option needs more
/// than three levels), so that no text can exhaust the stack. Pure; throws
/// nothing but std::bad_alloc.
document read_document(std::string_view text);

}  // namespace wskafka::config
