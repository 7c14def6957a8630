#include "tools/wskafka-load/text.hpp"

#include <fmt/format.h>

#include <cmath>

namespace wskafka::load {

std::string with_commas(std::uint64_t value) {
  std::string text = fmt::format("{}", value);
  for (std::size_t at = text.size(); at > 3;) {
    at -= 3;
    text.insert(at, ",");
  }
  return text;
}

std::string short_number(double value) {
  const double size = std::abs(value);
  const int places = size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3;
  return fmt::format("{:.{}f}", value, places);
}

std::string_view excerpt(std::string_view text) {
  constexpr std::size_t most = 200;
  if (text.size() <= most)
    return text;
  std::size_t end = most;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U)
    --end;
  return text.substr(0, end);
}

std::string duration_text(double ns) {
  if (ns < 1e3)
    return fmt::format("{:.0f} ns", ns);
  if (ns < 1e6)
    return short_number(ns / 1e3) + " us";
  if (ns < 1e9)
    return short_number(ns / 1e6) + " ms";
  return short_number(ns / 1e9) + " s";
}

std::string memory_text(double kib) {
  if (kib < 1024)
    return short_number(kib) + " KiB";
  if (kib < 1024.0 * 1024)
    return short_number(kib / 1024) + " MiB";
  return short_number(kib / 1024 / 1024) + " GiB";
}

}  // namespace wskafka::load
