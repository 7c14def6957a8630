#pragma once

#include "tools/wskafka-load/result.hpp"
#include "tools/wskafka-load/timing.hpp"

#include <optional>
#include <string>
#include <vector>

namespace wskafka::load {

/// What a metric counts, and so how it is written: times in us.
enum class unit { time, count, rate, cpu_us, kib };

/// One figure of a result, by the name that --fail-if and `compare` use.
struct metric {
  std::string name;
  unit in = unit::count;
  /// Nothing when it was not measured, or has no meaning in this run.
  std::optional<double> value;
};

/// Always the same names in the same order.
std::vector<metric> metrics(const result& of);

/// With what never came, as far as that is known.
timing response_times(const result& of);
timing service_times(const result& of);
timing lateness(const result& of);
timing handshakes(const result& of);

/// Whether a run of this kind can ever know the metric; true for one that it
/// does not know.
bool can_know(const options& asked, const std::string& name);

/// What this kind of run times above all, for its files and plots.
struct timed {
  const char* name;
  const histogram& of;
};
timed main_times(const result& of);

/// A value as people read it.
std::string to_text(double value, unit in);

}  // namespace wskafka::load
