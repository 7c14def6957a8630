#pragma once

#include <cstddef>
#include <cstdint>

namespace wskafka::ws {

/// Checks text that comes in pieces for UTF-8 as RFC 3629 has it: no overlong
/// form, no surrogate, nothing above U+10FFFF. Code points may be split
/// between pieces. Not thread-safe.
class utf8_check {
 public:
  /// False as soon as no continuation could make the text valid; then only
  /// `reset` is of use.
  bool feed(const char* data, std::size_t size);

  /// Whether what was fed ends with a whole code point.
  bool complete() const { return missing_ == 0; }

  void reset() { *this = utf8_check(); }

 private:
  bool feed_byte(std::uint8_t byte);

  /// Continuation bytes that the code point at the end still lacks, and the
  /// bounds of the next one: the byte after E0, ED, F0 and F4 has narrower
  /// bounds than others.
  std::uint8_t missing_ = 0;
  std::uint8_t low_ = 0x80;
  std::uint8_t high_ = 0xbf;
};

}  // namespace wskafka::ws
