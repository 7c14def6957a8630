#include "tools/wskafka-load/schedule.hpp"

#include <cmath>

namespace wskafka::load {

schedule::schedule(std::int64_t start, double rate, arrivals kind,
                   std::uint64_t seed)
    : start_(start),
      gap_(1e9 / rate),
      kind_(kind),
      random_(seed),
      next_(start) {}

void schedule::advance() {
  ++index_;
  // A product, not a sum: an even schedule does not drift.
  if (kind_ == arrivals::even)
    passed_ = gap_ * static_cast<double>(index_);
  else
    passed_ += std::exponential_distribution<double>(1 / gap_)(random_);
  next_ = start_ + std::llround(passed_);
}

}  // namespace wskafka::load
