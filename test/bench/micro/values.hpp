#pragma once

#include <cstddef>
#include <string>

namespace wskafka::bench {

/// Text of `size` bytes: letters, and where `wide` a quarter of it beyond
/// ASCII.
inline std::string text(std::size_t size, bool wide = false) {
  std::string made;
  while (made.size() < size)
    made += wide ? "abcdéfghü" : "abcdefghi";
  // Not through the middle of a code point.
  made.resize(size / 11 * (wide ? 11 : 9));
  made.resize(size, 'x');
  return made;
}

/// A frame with `count` publishes of `size` bytes; one alone is no array.
inline std::string publishes(std::size_t count, std::size_t size) {
  const std::string one =
      R"({"id":1320,"t":"notif","a":"create","p":{"t":"topic1","m":")" +
      text(size) + R"("}})";
  if (count == 1)
    return one;
  std::string all = "[" + one;
  for (std::size_t i = 1; i < count; ++i)
    all += "," + one;
  return all + "]";
}

}  // namespace wskafka::bench
