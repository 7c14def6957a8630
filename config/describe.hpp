#pragma once

#include "config/options.hpp"

#include <string>
#include <utility>
#include <vector>

namespace wskafka::config {

/// Every option as (path, value), in the order of the table, then by property
/// for the `librdkafka` maps. Safe to log: of a secret property only `set` or
/// `unset` is told. An absent value reads `null`. Pure.
std::vector<std::pair<std::string, std::string>> describe(
    const options& values);

}  // namespace wskafka::config
