#include "tools/wskafka-load/svg_plot.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace wskafka::load {
namespace {

constexpr double width = 860;
constexpr double height = 300;
constexpr double left = 80;
constexpr double right = 20;
constexpr double top = 36;
constexpr double bottom = 46;
constexpr const char* colours[] = {"#1f6fb4", "#d95f02", "#2a8a4a", "#7b4fa3"};

/// A range of values and where they stand on the page.
struct axis {
  double low = 0;
  double high = 1;
  double from = 0;  // of the page
  double to = 1;
  bool log = false;

  double place(double value) const {
    const auto scaled = [&](double one) { return log ? std::log10(one) : one; };
    const double share = (scaled(std::max(value, low)) - scaled(low)) /
                         (scaled(high) - scaled(low));
    return from + share * (to - from);
  }
};

std::string number(double value) {
  const double size = std::abs(value);
  if (size >= 1e6)
    return fmt::format("{:g}M", value / 1e6);
  if (size >= 1e4)
    return fmt::format("{:g}k", value / 1e3);
  return fmt::format("{:g}", value);
}

/// About five round numbers within the axis.
std::vector<tick> round_ticks(const axis& of) {
  std::vector<tick> ticks;
  if (of.log) {
    for (double at = std::pow(10, std::floor(std::log10(of.low)));
         at <= of.high * 1.0001; at *= 10)
      if (at >= of.low * 0.9999)
        ticks.push_back({at, number(at)});
    return ticks;
  }
  const double rough = (of.high - of.low) / 5;
  const double power = std::pow(10, std::floor(std::log10(rough)));
  const double lead = rough / power;
  const double step = power * (lead < 1.5   ? 1
                               : lead < 3.5 ? 2
                               : lead < 7.5 ? 5
                                            : 10);
  for (double at = std::ceil(of.low / step) * step; at <= of.high + step / 1e3;
       at += step)
    ticks.push_back({at, number(std::abs(at) < step / 1e3 ? 0 : at)});
  return ticks;
}

axis x_axis(const plot& of) {
  axis x;
  x.low = std::numeric_limits<double>::max();
  x.high = std::numeric_limits<double>::lowest();
  for (const series& line : of.lines)
    for (const auto& [at, value] : line.points) {
      x.low = std::min(x.low, at);
      x.high = std::max(x.high, at);
    }
  if (x.high <= x.low)
    x.high = x.low + 1;
  x.from = left;
  x.to = width - right;
  return x;
}

axis y_axis(const plot& of) {
  axis y;
  y.log = of.log_y;
  y.low = std::numeric_limits<double>::max();
  y.high = 0;
  for (const series& line : of.lines)
    for (const auto& [at, value] : line.points) {
      y.high = std::max(y.high, value);
      if (value > 0)
        y.low = std::min(y.low, value);
    }
  if (y.log) {
    // Whole decades.
    y.low = std::pow(10, std::floor(std::log10(std::min(y.low, 1e12))));
    y.high = std::pow(10, std::ceil(std::log10(std::max(y.high, y.low * 2))));
  } else {
    y.low = 0;
    y.high = y.high > 0 ? y.high * 1.05 : 1;
  }
  y.from = height - bottom;
  y.to = top;
  return y;
}

}  // namespace

std::string escaped(const std::string& text) {
  std::string safe;
  for (const char one : text) {
    if (one == '&')
      safe += "&amp;";
    else if (one == '<')
      safe += "&lt;";
    else if (one == '>')
      safe += "&gt;";
    else if (one == '"')
      safe += "&quot;";
    else
      safe += one;
  }
  return safe;
}

std::string to_svg(const plot& of) {
  const bool any =
      std::any_of(of.lines.begin(), of.lines.end(),
                  [](const series& s) { return !s.points.empty(); });
  if (!any)
    return {};
  const axis x = x_axis(of);
  const axis y = y_axis(of);
  std::string svg = fmt::format(
      "<svg viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{}\">\n"
      "<text x=\"{}\" y=\"20\" class=\"title\">{}</text>\n",
      width, height, escaped(of.title), left, escaped(of.title));
  for (const tick& one : round_ticks(y))
    svg += fmt::format(
        "<line class=\"grid\" x1=\"{0}\" x2=\"{1}\" y1=\"{2:.1f}\" "
        "y2=\"{2:.1f}\"/><text class=\"y\" x=\"{3}\" "
        "y=\"{4:.1f}\">{5}</text>\n",
        x.from, x.to, y.place(one.at), left - 8, y.place(one.at) + 4, one.text);
  for (const tick& one : of.x_ticks.empty() ? round_ticks(x) : of.x_ticks)
    if (one.at >= x.low && one.at <= x.high * 1.0001)
      svg += fmt::format(
          "<line class=\"grid\" x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"{1}\" "
          "y2=\"{2}\"/><text class=\"x\" x=\"{0:.1f}\" y=\"{3}\">{4}</text>\n",
          x.place(one.at), y.to, y.from, y.from + 16, escaped(one.text));
  svg += fmt::format(
      "<text class=\"x\" x=\"{}\" y=\"{}\">{}</text>\n"
      "<text class=\"y\" x=\"{}\" y=\"{}\">{}</text>\n",
      (x.from + x.to) / 2, height - 8, escaped(of.x_label), left - 8, top - 12,
      escaped(of.y_label));
  double legend = x.to;
  for (std::size_t i = of.lines.size(); i-- > 0;) {
    const series& line = of.lines[i];
    const char* const colour = colours[i % std::size(colours)];
    svg += fmt::format("<polyline stroke=\"{}\" points=\"", colour);
    for (const auto& [at, value] : line.points)
      svg += fmt::format("{:.1f},{:.1f} ", x.place(at), y.place(value));
    svg += fmt::format(
        "\"/>\n<text class=\"y\" x=\"{}\" y=\"20\" "
        "style=\"fill:{}\">{}</text>\n",
        legend, colour, escaped(line.name));
    legend -= 14 + 8 * static_cast<double>(line.name.size());
  }
  return svg + "</svg>\n";
}

}  // namespace wskafka::load
