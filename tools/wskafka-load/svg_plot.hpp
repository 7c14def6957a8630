#pragma once

#include <string>
#include <utility>
#include <vector>

namespace wskafka::load {

/// A line of points (x, y).
struct series {
  std::string name;
  std::vector<std::pair<double, double>> points;
};

struct tick {
  double at = 0;
  std::string text;
};

/// A line plot.
struct plot {
  std::string title;
  std::string x_label;
  std::string y_label;
  bool log_y = false;
  /// Where x is labelled; empty: round numbers.
  std::vector<tick> x_ticks;
  std::vector<series> lines;
};

/// An <svg> element that needs nothing else. Empty when there is no point.
std::string to_svg(const plot& of);

/// Text that is safe in HTML and SVG.
std::string escaped(const std::string& text);

}  // namespace wskafka::load
