#include "tools/wskafka-load/report_hgrm.hpp"

#include <fmt/format.h>

#include <cmath>

namespace wskafka::load {
namespace {

constexpr double ticks_per_half_distance = 5;

double ms(double ns) {
  return ns / 1e6;
}

}  // namespace

std::string to_hgrm(const histogram& of) {
  std::string text =
      fmt::format("{:>12} {:>14} {:>10} {:>14}\n\n", "Value", "Percentile",
                  "TotalCount", "1/(1-Percentile)");
  double level = 0;
  while (of.count() > 0) {
    const histogram::point at = of.at(level);
    if (at.count == of.count())
      break;
    text += fmt::format("{:12.3f} {:2.12f} {:10} {:14.2f}\n",
                        ms(static_cast<double>(at.ns)), level / 100, at.count,
                        1 / (1 - level / 100));
    // Steps are halved each time the way to 100 % is.
    const double halvings = std::floor(std::log2(100 / (100 - level))) + 1;
    level += 100 / (ticks_per_half_distance * std::exp2(halvings));
  }
  if (of.count() > 0)
    text += fmt::format("{:12.3f} {:2.12f} {:10}\n",
                        ms(static_cast<double>(of.max())), 1.0, of.count());
  text += fmt::format(
      "#[Mean    = {:12.3f}, StdDeviation   = {:12.3f}]\n"
      "#[Max     = {:12.3f}, Total count    = {:12}]\n"
      "#[Buckets = {:12}, SubBuckets     = {:12}]\n",
      ms(of.mean()), ms(of.deviation()), ms(static_cast<double>(of.max())),
      of.count(), 8, 300);
  return text;
}

}  // namespace wskafka::load
