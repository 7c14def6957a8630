#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace wskafka::load {

/// What every published value starts with. It needs no escaping in JSON and is
/// found again in whatever a gateway delivers.
struct mark {
  /// Which run of the tool, on which start of which machine.
  std::uint64_t run = 0;
  std::uint32_t publisher = 0;
  std::uint32_t topic = 0;
  /// Counts from 0 for each publisher and topic.
  std::uint32_t sequence = 0;
  /// When it should have been sent: `now_ns`.
  std::int64_t intended = 0;
  /// How much later it was sent, in us.
  std::uint32_t lag_us = 0;

  std::int64_t sent() const { return intended + std::int64_t{lag_us} * 1000; }
};

/// Bytes of a mark: the shortest payload.
inline constexpr std::size_t mark_size = 58;
inline constexpr std::uint32_t most_publishers = 1U << 20U;
inline constexpr std::uint32_t most_topics = 1U << 12U;

/// Writes exactly `mark_size` bytes.
void write_mark(char* to, const mark& from);

/// False when `value` does not start with a mark.
bool read_mark(std::string_view value, mark& into);

/// A new run's number: 32 random bits, below the machine's start.
std::uint64_t new_run();

/// Whether the run's clock is ours, so that its times can be compared.
bool same_clock(std::uint64_t run);

}  // namespace wskafka::load
