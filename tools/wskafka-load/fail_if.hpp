#pragma once

#include "tools/wskafka-load/metrics.hpp"

#include <string>
#include <vector>

namespace wskafka::load {

/// A condition under which a run has failed, such as `p99>50ms`.
struct threshold {
  enum class comparison { more, at_least, less, at_most, equal, unequal };

  std::string text;
  std::string metric;
  comparison how = comparison::more;
  double limit = 0;  // times in us
};

/// Reads METRIC OP VALUE. A time needs its unit: ns, us, ms or s. Empty, or
/// what is wrong with it.
std::string read_threshold(const std::string& text, threshold& into);

struct verdict {
  bool failed = false;
  /// The condition, the value, and which of the two it is.
  std::string text;
};

/// A metric that was not measured has failed: nobody looked.
verdict judge(const threshold& by, const std::vector<metric>& all);

}  // namespace wskafka::load
