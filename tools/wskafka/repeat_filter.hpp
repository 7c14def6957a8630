#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

namespace wskafka::cli {

/// Keeps a line that repeats from filling the log: the first of its kind
/// passes, then one each `gap`, which tells how many were left out before it.
/// Not thread-safe.
class repeat_filter {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  explicit repeat_filter(std::chrono::milliseconds gap) : gap_(gap) {}

  /// How many lines of this kind were left out since the last that passed, or
  /// nothing when this one is to be left out too.
  std::optional<std::uint64_t> pass(const std::string& line, time_point now) {
    // Texts with changing parts do not repeat; do not remember them for ever.
    if (kinds_.size() >= most_kinds && kinds_.count(line) == 0)
      kinds_.clear();
    const auto [known, first] = kinds_.try_emplace(line);
    if (!first && now - known->second.passed < gap_) {
      ++known->second.left_out;
      return std::nullopt;
    }
    known->second.passed = now;
    return std::exchange(known->second.left_out, 0);
  }

 private:
  static constexpr std::size_t most_kinds = 256;
  struct kind {
    time_point passed;
    std::uint64_t left_out = 0;
  };
  const std::chrono::milliseconds gap_;
  std::unordered_map<std::string, kind> kinds_;
};

}  // namespace wskafka::cli
