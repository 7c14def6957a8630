#include "protocol/base64.hpp"

#include <array>
#include <cstdint>

namespace wskafka::protocol {

namespace {

constexpr char alphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

// Writes the four characters of the 24 bits in `group`.
char* put(char* to, unsigned group) {
  for (int shift = 18; shift >= 0; shift -= 6) {
    *to++ = alphabet[(group >> shift) & 63];
  }
  return to;
}

constexpr std::uint8_t no_digit = 64;

// What each character says, six bits.
constexpr std::array<std::uint8_t, 256> digits = [] {
  std::array<std::uint8_t, 256> table{};
  for (auto& digit : table) {
    digit = no_digit;
  }
  for (std::uint8_t i = 0; i < 64; ++i) {
    table[static_cast<unsigned char>(alphabet[i])] = i;
  }
  return table;
}();

// Decodes whole groups of four; false at a character of no alphabet.
bool decode(char*& to, std::string_view text, std::uint32_t& group) {
  for (std::size_t i = 0; i < text.size(); i += 4) {
    std::uint32_t bad = 0;
    group = 0;
    for (std::size_t k = i; k < i + 4; ++k) {
      const std::uint8_t digit = digits[static_cast<unsigned char>(text[k])];
      bad |= digit & no_digit;
      group = group << 6 | digit;
    }
    if (bad != 0) {
      return false;
    }
    *to++ = static_cast<char>(group >> 16);
    *to++ = static_cast<char>(group >> 8);
    *to++ = static_cast<char>(group);
  }
  return true;
}

}  // namespace

void append_base64(std::string& out, std::string_view bytes) {
  const auto at = [bytes](std::size_t i) -> unsigned {
    return i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0;
  };
  const std::size_t old = out.size();
  out.resize(old + base64_size(bytes.size()));
  char* to = out.data() + old;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    to = put(to, at(i) << 16 | at(i + 1) << 8 | at(i + 2));
  }
  const std::size_t padding = (3 - bytes.size() % 3) % 3;
  out.replace(out.size() - padding, padding, padding, '=');
}

std::optional<std::string_view> append_decoded(std::string& out,
                                               std::string_view text) {
  const std::size_t old = out.size();
  if (text.size() % 4 != 0) {
    return std::nullopt;
  }
  std::size_t padding = 0;
  while (padding < 2 && padding < text.size() &&
         text[text.size() - padding - 1] == '=') {
    ++padding;
  }
  // The padding of the last group says zero bits.
  char last[4] = {'A', 'A', 'A', 'A'};
  const std::size_t whole = padding == 0 ? text.size() : text.size() - 4;
  text.substr(whole).copy(last, 4 - padding);
  out.resize(old + text.size() / 4 * 3);
  char* to = out.data() + old;
  std::uint32_t group = 0;
  const std::uint32_t unused = (1U << (8 * padding)) - 1;
  if (!decode(to, text.substr(0, whole), group) ||
      (padding != 0 &&
       (!decode(to, {last, 4}, group) || (group & unused) != 0))) {
    out.resize(old);
    return std::nullopt;
  }
  out.resize(out.size() - padding);
  return std::string_view(out).substr(old);
}

}  // namespace wskafka::protocol
