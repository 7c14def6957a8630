#include "protocol/escape.hpp"

#include "protocol/block16.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>

namespace wskafka::protocol {

namespace {

constexpr std::size_t block = 16;
constexpr std::size_t longest_escape = 6;  // \u001f

struct escape {
  char text[8] = {};
  std::size_t size = 0;
};

constexpr escape make_escape(unsigned char c) {
  constexpr std::string_view shorts = "\"\\\bb\ff\nn\rr\tt";
  if (c == '"' || c == '\\') {
    return {{'\\', static_cast<char>(c)}, 2};
  }
  for (std::size_t i = 2; i < shorts.size(); i += 2) {
    if (c == static_cast<unsigned char>(shorts[i])) {
      return {{'\\', shorts[i + 1]}, 2};
    }
  }
  constexpr std::string_view hex = "0123456789abcdef";
  return {{'\\', 'u', '0', '0', hex[c >> 4], hex[c & 15]}, longest_escape};
}

// By character, up to the last one that needs an escape.
constexpr auto make_escapes() {
  std::array<escape, '\\' + 1> table{};
  for (std::size_t c = 0; c < table.size(); ++c) {
    table[c] = make_escape(static_cast<unsigned char>(c));
  }
  return table;
}

constexpr auto escapes = make_escapes();

// Writes the first `count` bytes at `from`, at most a block, and returns what
// is behind them. Reads two blocks from `from`; writes up to a block more than
// counts, because whole blocks cost less than exact ones.
char* put_block(char* to, const char* from, std::size_t count) {
  unsigned bits = special_bits(from) & ((1U << count) - 1);
  std::size_t done = 0;
  while (bits != 0) {
    const std::size_t next = first_bit(bits);
    std::memcpy(to, from + done, block);
    to += next - done;
    const escape& e = escapes[static_cast<unsigned char>(from[next])];
    std::memcpy(to, e.text, sizeof e.text);
    to += e.size;
    done = next + 1;
    bits &= bits - 1;
  }
  std::memcpy(to, from + done, block);
  return to + (count - done);
}

// Gathers what is written, so that the string grows in few steps.
class sink {
 public:
  explicit sink(std::string& out) : out_(out) {}

  void put(const char* from, std::size_t count) {
    constexpr std::size_t most = block * longest_escape + block;
    if (static_cast<std::size_t>(to_ - buffer_) > sizeof buffer_ - most) {
      flush();
    }
    to_ = put_block(to_, from, count);
  }

  void flush() {
    out_.append(buffer_, to_);
    to_ = buffer_;
  }

 private:
  std::string& out_;
  char buffer_[1024];
  char* to_ = buffer_;
};

void look(text_traits& traits, const char* text) {
  traits.plain = traits.plain && special_bits(text) == 0;
  traits.ascii = traits.ascii && high_bits(text) == 0;
}

}  // namespace

text_traits look_over(std::string_view text) {
  text_traits traits;
  while (text.size() >= block) {
    look(traits, text.data());
    text.remove_prefix(block);
  }
  char rest[block];
  std::memset(rest, 'x', sizeof rest);
  std::copy(text.begin(), text.end(), rest);
  look(traits, rest);
  return traits;
}

void append_escaped(std::string& out, std::string_view text) {
  sink to(out);
  while (text.size() >= 2 * block) {
    to.put(text.data(), block);
    text.remove_prefix(block);
  }
  char rest[3 * block] = {};
  std::copy(text.begin(), text.end(), rest);
  for (std::size_t at = 0; at < text.size(); at += block) {
    to.put(rest + at, std::min(block, text.size() - at));
  }
  to.flush();
}

}  // namespace wskafka::protocol
