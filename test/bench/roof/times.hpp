#pragma once

#include "tools/wskafka-load/histogram.hpp"

#include <nlohmann/json.hpp>

namespace wskafka::roof {

/// In us, with the names that the load tool's JSON has.
inline nlohmann::json times_json(const load::histogram& of) {
  if (of.count() == 0)
    return nullptr;
  const auto us = [](std::int64_t ns) { return static_cast<double>(ns) / 1e3; };
  return {{"count", of.count()},
          {"p50", us(of.percentile(50))},
          {"p99", us(of.percentile(99))},
          {"p99.9", us(of.percentile(99.9))},
          {"max", us(of.max())}};
}

}  // namespace wskafka::roof
