#pragma once

#include "tools/wskafka-load/histogram.hpp"

#include <cstdint>
#include <optional>

namespace wskafka::load {

/// Times, and how many have none because what was timed never came: they are
/// longer than any, and percentiles that they reach are not known.
struct timing {
  const histogram& of;
  std::uint64_t missing = 0;

  /// In ns, of all, those that never came too.
  std::optional<std::int64_t> percentile(double percent) const;
  std::optional<std::int64_t> max() const { return percentile(100); }
  std::optional<double> mean() const;
};

}  // namespace wskafka::load
