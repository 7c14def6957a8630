#pragma once

#include <cstdint>
#include <string>
#include <string_view>

/// Numbers as people read them.
namespace wskafka::load {

/// `12,345`.
std::string with_commas(std::uint64_t value);
/// A time in ns with three significant digits: `950 ns`, `3.21 ms`.
std::string duration_text(double ns);
/// KiB as `14.2 KiB` or `3.10 GiB`.
std::string memory_text(double kib);
/// Three significant digits, no exponent.
std::string short_number(double value);
/// The first 200 bytes of UTF-8, but no part of a character.
std::string_view excerpt(std::string_view text);

}  // namespace wskafka::load
