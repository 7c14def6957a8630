#pragma once

#include "tools/wskafka-load/options.hpp"
#include "tools/wskafka-load/progress.hpp"
#include "tools/wskafka-load/result.hpp"

#include <string>

namespace wskafka::load {

/// Carries out one sub-command but `compare`. Blocks for its length; once a
/// process, from the main thread. Empty, or why there is no result.
std::string run(const options& asked, progress& display, result& into);

}  // namespace wskafka::load
