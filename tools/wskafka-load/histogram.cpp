#include "tools/wskafka-load/histogram.hpp"

#include <boost/histogram/axis/regular.hpp>
#include <boost/histogram/histogram.hpp>
#include <boost/histogram/make_histogram.hpp>

#include <algorithm>
#include <cmath>
#include <functional>
#include <utility>
#include <vector>

namespace wskafka::load {
namespace {

namespace bh = boost::histogram;

using log_axis = bh::axis::regular<double, bh::axis::transform::log>;

constexpr unsigned bins = 2400;
constexpr double lowest = 1e3;
constexpr double highest = 1e11;

auto make_bins() {
  return bh::make_histogram_with(std::vector<std::uint64_t>(),
                                 log_axis(bins, lowest, highest));
}

}  // namespace

struct histogram::data {
  decltype(make_bins()) counts = make_bins();
  std::uint64_t total = 0;
  std::int64_t min = 0;
  std::int64_t max = 0;
  double sum = 0;
  double squares = 0;
};

histogram::histogram() : data_(std::make_unique<data>()) {}
histogram::histogram(histogram&&) noexcept = default;
histogram& histogram::operator=(histogram&&) noexcept = default;
histogram::~histogram() = default;

void histogram::add(std::int64_t ns, std::uint64_t times) {
  if (times == 0)
    return;
  ns = std::max<std::int64_t>(ns, 0);
  data& to = *data_;
  const auto value = static_cast<double>(ns);
  const auto weight = static_cast<double>(times);
  to.counts.at(to.counts.axis().index(value)) += times;
  to.min = to.total == 0 ? ns : std::min(to.min, ns);
  to.max = std::max(to.max, ns);
  to.total += times;
  to.sum += value * weight;
  to.squares += value * value * weight;
}

void histogram::merge(const histogram& other) {
  const data& from = *other.data_;
  data& to = *data_;
  if (from.total == 0)
    return;
  // As += does, in which a sanitized gcc sees a value that was not set.
  std::transform(to.counts.begin(), to.counts.end(), from.counts.begin(),
                 to.counts.begin(), std::plus<>());
  to.min = to.total == 0 ? from.min : std::min(to.min, from.min);
  to.max = std::max(to.max, from.max);
  to.total += from.total;
  to.sum += from.sum;
  to.squares += from.squares;
}

std::uint64_t histogram::count() const {
  return data_->total;
}
std::int64_t histogram::min() const {
  return data_->min;
}
std::int64_t histogram::max() const {
  return data_->max;
}

double histogram::mean() const {
  return data_->total == 0 ? 0 : data_->sum / static_cast<double>(data_->total);
}

double histogram::deviation() const {
  if (data_->total == 0)
    return 0;
  const double variance =
      data_->squares / static_cast<double>(data_->total) - mean() * mean();
  return std::sqrt(std::max(variance, 0.0));
}

histogram::point histogram::at(double percent) const {
  const data& from = *data_;
  if (from.total == 0)
    return {};
  const double share = std::clamp(percent, 0.0, 100.0) / 100;
  // Less a trifle: 99.9 % of 1000 is the 999th, whatever doubles make of it.
  const auto rank = std::max<std::uint64_t>(
      1, static_cast<std::uint64_t>(
             std::ceil(share * static_cast<double>(from.total) - 1e-6)));
  const auto& axis = from.counts.axis();
  std::uint64_t below = 0;
  for (int bin = -1; bin < axis.size(); ++bin) {
    below += from.counts.at(bin);
    if (below < rank)
      continue;
    const double edge = bin < 0 ? lowest : axis.value(bin + 1);
    return {std::clamp<std::int64_t>(std::llround(edge), from.min, from.max),
            below};
  }
  return {from.max, from.total};
}

}  // namespace wskafka::load
