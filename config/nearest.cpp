#include "config/nearest.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace wskafka::config {

namespace {

constexpr std::size_t longest = 100;

std::string folded(std::string_view name) {
  std::string result;
  for (const char c : name)
    if (c != '_' && c != '.')
      result += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return result;
}

/// Single-character changes that turn one into the other, two neighbours
/// exchanged counting as one.
std::size_t distance(std::string_view left, std::string_view right) {
  using row = std::vector<std::size_t>;
  row before_last;
  row last(right.size() + 1);
  std::iota(last.begin(), last.end(), std::size_t{0});
  for (std::size_t i = 1; i <= left.size(); ++i) {
    row current(right.size() + 1, i);
    for (std::size_t j = 1; j <= right.size(); ++j) {
      const bool same = left[i - 1] == right[j - 1];
      current[j] = std::min(
          {last[j - 1] + (same ? 0 : 1), last[j] + 1, current[j - 1] + 1});
      if (i > 1 && j > 1 && left[i - 1] == right[j - 2] &&
          left[i - 2] == right[j - 1])
        current[j] = std::min(current[j], before_last[j - 2] + 1);
    }
    before_last = std::exchange(last, std::move(current));
  }
  return last.back();
}

}  // namespace

std::string nearest(std::string_view name,
                    const std::vector<std::string>& candidates) {
  if (name.size() > longest)
    return {};
  const std::string wanted = folded(name);
  std::string best;
  // A third of the letters may be wrong.
  std::size_t closest = wanted.size() / 3 + 1;
  for (const auto& candidate : candidates) {
    const std::size_t far = distance(wanted, folded(candidate));
    if (far < closest) {
      closest = far;
      best = candidate;
    }
  }
  return best;
}

}  // namespace wskafka::config
