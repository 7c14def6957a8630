#pragma once

#include "config/load.hpp"

#include <optional>
#include <string>
#include <vector>

namespace wskafka::cli {

/// What the command line asked for.
struct arguments {
  enum class command { serve, check_config, gen_config };
  command what = command::serve;
  /// Path of the configuration file; empty: none.
  std::string config_file;
  std::vector<config::override> overrides;
};

/// Either arguments, or the code to exit with at once (help and version were
/// printed, or the mistake was).
struct parsed {
  std::optional<arguments> value;
  int exit_code = 0;
};

/// Reads the command line; prints help, version and mistakes itself. Exit code
/// 2 is a mistake in the command line.
parsed parse(int argc, char** argv);

}  // namespace wskafka::cli
