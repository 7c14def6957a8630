#pragma once

#include "tools/wskafka-load/result.hpp"

#include <string>

namespace wskafka::load {

/// The whole result as text for a person, ending in a newline.
std::string summary(const result& of);

/// The percentiles that every report shows.
inline constexpr double shown_percentiles[] = {50, 90, 99, 99.9, 99.99};

/// `p99.9`.
std::string percentile_name(double percent);

/// CPU time of the server per message in us; nothing when one is not known.
std::optional<double> server_us_per_message(const result& of);
/// The same of the generator.
std::optional<double> own_us_per_message(const result& of);

}  // namespace wskafka::load
