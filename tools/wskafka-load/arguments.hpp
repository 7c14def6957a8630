#pragma once

#include "tools/wskafka-load/options.hpp"

#include <optional>

namespace wskafka::load {

/// Either options, or the code to exit with at once (help and version were
/// printed, or the mistake was).
struct parsed {
  std::optional<options> value;
  int exit_code = 0;
};

inline constexpr int runtime_error = 1;
inline constexpr int usage_error = 2;
inline constexpr int threshold_failed = 3;

/// Reads the command line; prints help, version and mistakes itself.
parsed parse(int argc, char** argv);

}  // namespace wskafka::load
