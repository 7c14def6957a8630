#include "tools/wskafka-load/timing.hpp"

#include <algorithm>

namespace wskafka::load {

std::optional<std::int64_t> timing::percentile(double percent) const {
  const auto timed = static_cast<double>(of.count());
  const double all = timed + static_cast<double>(missing);
  if (timed == 0 || timed < all * percent / 100)
    return std::nullopt;
  return of.percentile(std::min(100.0, percent * all / timed));
}

std::optional<double> timing::mean() const {
  if (of.count() == 0 || missing > 0)
    return std::nullopt;
  return of.mean();
}

}  // namespace wskafka::load
