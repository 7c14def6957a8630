#pragma once

#include "config/options.hpp"

#include <string>
#include <vector>

namespace wskafka::config {

/// Values that are good each by itself but not together, or whose form is
/// more than a length.
struct conflict {
  /// The option to change, as `section.key`.
  std::string path;
  /// The option it does not go with; empty when it is wrong by itself.
  std::string other;
  /// A sentence without its subject, which is the path.
  std::string text;
};

/// All conflicts; none in a default-made `options`. Pure.
std::vector<conflict> validate(const options& values);

}  // namespace wskafka::config
