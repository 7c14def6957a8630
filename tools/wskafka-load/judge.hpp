#pragma once

#include "tools/wskafka-load/result.hpp"

namespace wskafka::load {

/// Derives rates and warnings from what was seen and counted.
void judge(result& of);

/// Whether the run went as it was planned, whatever its figures are: no
/// connection failed or was lost, nothing was unreadable, nobody stopped it.
bool went_as_planned(const result& of);

}  // namespace wskafka::load
