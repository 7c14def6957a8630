#include "tools/wskafka-load/payload.hpp"

#include <array>
#include <cstring>
#include <fstream>
#include <functional>
#include <random>
#include <string>

namespace wskafka::load {
namespace {

constexpr char hex_digits[] = "0123456789abcdef";
constexpr unsigned topic_bits = 12;

struct hex_tables {
  std::array<char, 512> pairs{};
  std::array<int, 256> values{};

  constexpr hex_tables() {
    for (std::size_t i = 0; i < 256; ++i) {
      pairs[2 * i] = hex_digits[i >> 4U];
      pairs[2 * i + 1] = hex_digits[i & 15U];
      values[i] = -1;
    }
    for (std::size_t i = 0; i < 16; ++i)
      values[static_cast<unsigned char>(hex_digits[i])] = static_cast<int>(i);
  }
};
constexpr hex_tables hex;

char* write_hex(char* to, std::uint64_t value, unsigned bytes) {
  for (unsigned i = bytes; i-- > 0; to += 2)
    std::memcpy(to, hex.pairs.data() + 2 * (value >> (8 * i) & 0xFFU), 2);
  return to;
}

/// Reads `bytes` bytes; a bad digit leaves `wrong` below zero.
const char* read_hex(const char* from, unsigned bytes, std::uint64_t& value,
                     int& wrong) {
  value = 0;
  for (unsigned i = 0; i < 2 * bytes; ++i) {
    const int digit = hex.values[static_cast<unsigned char>(*from++)];
    wrong |= digit;
    value = value << 4U | static_cast<unsigned>(digit & 15);
  }
  return from;
}

/// Changes with every start of the machine, and so with its steady clock.
std::uint32_t clock_id() {
  static const std::uint32_t id = [] {
    std::ifstream file("/proc/sys/kernel/random/boot_id");
    std::string text;
    file >> text;
    return static_cast<std::uint32_t>(std::hash<std::string>{}(text));
  }();
  return id;
}

}  // namespace

void write_mark(char* to, const mark& from) {
  *to++ = 'W';
  *to++ = 'L';
  to = write_hex(to, from.run, 8);
  to = write_hex(to, from.publisher << topic_bits | from.topic, 4);
  to = write_hex(to, from.sequence, 4);
  to = write_hex(to, static_cast<std::uint64_t>(from.intended), 8);
  write_hex(to, from.lag_us, 4);
}

bool read_mark(std::string_view value, mark& into) {
  if (value.size() < mark_size || value[0] != 'W' || value[1] != 'L')
    return false;
  const char* from = value.data() + 2;
  int wrong = 0;
  std::uint64_t place = 0;
  std::uint64_t sequence = 0;
  std::uint64_t intended = 0;
  std::uint64_t lag = 0;
  from = read_hex(from, 8, into.run, wrong);
  from = read_hex(from, 4, place, wrong);
  from = read_hex(from, 4, sequence, wrong);
  from = read_hex(from, 8, intended, wrong);
  read_hex(from, 4, lag, wrong);
  into.publisher = static_cast<std::uint32_t>(place >> topic_bits);
  into.topic = static_cast<std::uint32_t>(place & (most_topics - 1));
  into.sequence = static_cast<std::uint32_t>(sequence);
  into.intended = static_cast<std::int64_t>(intended);
  into.lag_us = static_cast<std::uint32_t>(lag);
  return wrong >= 0;
}

std::uint64_t new_run() {
  std::random_device source;
  return std::uint64_t{clock_id()} << 32U | source();
}

bool same_clock(std::uint64_t run) {
  return run >> 32U == clock_id();
}

}  // namespace wskafka::load
