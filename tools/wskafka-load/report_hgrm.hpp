#pragma once

#include "tools/wskafka-load/histogram.hpp"

#include <string>

namespace wskafka::load {

/// The distribution as HdrHistogram's percentile text, in ms, for its
/// plotters.
std::string to_hgrm(const histogram& of);

}  // namespace wskafka::load
