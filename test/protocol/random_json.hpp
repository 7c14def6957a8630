#pragma once

#include <cstddef>
#include <random>
#include <string>

namespace wskafka::protocol::test {

/// Writes random JSON, the same for the same seed, with the oddities that
/// parsers disagree about: blanks, escapes, forms of numbers, odd keys. Keys
/// of one object may repeat. No lone surrogates, no numbers that overflow.
class random_json {
 public:
  explicit random_json(unsigned seed) : random_(seed) {}

  /// A number below `end`.
  unsigned below(unsigned end) { return random_() % end; }

  std::string value(int depth);
  std::string string();
  std::string blank();

  /// The text with one to three bytes changed, lost, doubled or moved.
  std::string mutated(std::string text);

 private:
  std::string number();
  std::string list(int depth, bool keys);

  std::mt19937 random_;
};

}  // namespace wskafka::protocol::test
