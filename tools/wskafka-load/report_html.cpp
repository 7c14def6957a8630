#include "tools/wskafka-load/report_html.hpp"

#include "tools/wskafka-load/metrics.hpp"
#include "tools/wskafka-load/summary.hpp"
#include "tools/wskafka-load/svg_plot.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

namespace wskafka::load {
namespace {

constexpr const char* style =
    "body{font:15px/1.5 system-ui,sans-serif;max-width:900px;margin:2em auto;"
    "padding:0 1em;color:#222;background:#fff}"
    "svg{width:100%;margin:1em 0}svg text{font-size:12px;fill:#555}"
    "svg .title{font-size:14px;font-weight:600;fill:#222}"
    "svg .x{text-anchor:middle}svg .y{text-anchor:end}"
    "svg .grid{stroke:#ddd}svg polyline{fill:none;stroke-width:2}"
    "table{border-collapse:collapse}td,th{padding:.15em 1em .15em 0;"
    "text-align:left}td+td{font-variant-numeric:tabular-nums}"
    "pre{overflow-x:auto;background:#f6f6f6;padding:1em}"
    ".warn{border-left:4px solid #d95f02;padding-left:1em}";

double ms(std::int64_t ns) {
  return static_cast<double>(ns) / 1e6;
}

series by_percentile(const char* name, const timing& of) {
  series line{name, {}};
  if (of.of.count() == 0)
    return line;
  // Nines: 90 % is 1, 99 % is 2; as far as single values reach, and as they are
  // known.
  const double most =
      std::log10(static_cast<double>(of.of.count() + of.missing));
  for (double nines = 0; nines < most; nines += 0.05)
    if (const auto ns = of.percentile(100 * (1 - std::pow(10, -nines))))
      line.points.emplace_back(nines, ms(*ns));
  if (const auto ns = of.max())
    line.points.emplace_back(most, ms(*ns));
  return line;
}

plot latency_by_percentile(const result& of) {
  plot made;
  made.title = "Latency by percentile";
  made.x_label = "percentile";
  made.y_label = "ms";
  made.log_y = true;
  made.x_ticks = {{0, "0"},       {1, "90"},       {2, "99"},
                  {3, "99.9"},    {4, "99.99"},    {5, "99.999"},
                  {6, "99.9999"}, {7, "99.99999"}, {0.30103, "50"}};
  if (of.connect) {
    made.lines = {by_percentile("handshake", handshakes(of))};
  } else {
    made.lines = {by_percentile("response", response_times(of)),
                  by_percentile("service", service_times(of))};
    if (!of.asked.closed_loop)
      made.lines.push_back(by_percentile("sent late", lateness(of)));
  }
  return made;
}

plot rate_over_time(const result& of) {
  plot made;
  made.title = of.connect ? "Connections over time" : "Messages over time";
  made.x_label = "seconds since the start";
  made.y_label = of.connect ? "open" : "1/s";
  const auto add = [&](const char* name, auto field, bool rate) {
    series line{name, {}};
    for (const second& one : of.timeline)
      line.points.emplace_back(one.at + one.length,
                               static_cast<double>(one.*field) /
                                   (rate ? std::max(one.length, 0.05) : 1.0));
    made.lines.push_back(std::move(line));
  };
  if (of.asked.publishes())
    add("sent", &second::sent, true);
  if (of.asked.subscribes())
    add("delivered", &second::delivered, true);
  if (of.connect)
    add("connections", &second::connections, false);
  return made;
}

plot latency_over_time(const result& of) {
  plot made;
  made.title = fmt::format("{} over time", main_times(of).name);
  made.x_label = "seconds since the start";
  made.y_label = "ms";
  made.log_y = true;
  const auto add = [&](const char* name, auto field) {
    series line{name, {}};
    for (const second& one : of.timeline)
      if (one.*field)
        line.points.emplace_back(one.at + one.length, ms(*(one.*field)));
    made.lines.push_back(std::move(line));
  };
  add("p50", &second::p50);
  add("p99", &second::p99);
  add("max", &second::max);
  return made;
}

std::string figures(const result& of) {
  std::string rows;
  for (const metric& one : metrics(of))
    if (one.value)
      rows += fmt::format("<tr><td>{}</td><td>{}</td></tr>\n", one.name,
                          to_text(*one.value, one.in));
  return "<table>\n" + rows + "</table>\n";
}

}  // namespace

std::string to_html(const result& of) {
  const std::string title =
      fmt::format("wskafka-load {}", to_string(of.asked.what));
  std::string page = fmt::format(
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width\">\n"
      "<title>{0}</title><style>{1}</style></head><body>\n<h1>{0}</h1>\n"
      "<p>{2}, run {3}</p>\n<pre>wskafka-load {4}</pre>\n",
      title, style, of.started, of.run,
      escaped(fmt::format("{}", fmt::join(of.asked.command_line, " "))));
  if (!of.asked.note.empty())
    page += fmt::format("<p>{}</p>\n", escaped(of.asked.note));
  for (const std::string& text : of.warnings)
    page += fmt::format("<p class=\"warn\">{}</p>\n", escaped(text));
  page += to_svg(latency_by_percentile(of)) + to_svg(rate_over_time(of)) +
          to_svg(latency_over_time(of));
  page += "<h2>Summary</h2>\n<pre>" + escaped(summary(of)) + "</pre>\n";
  return page + "<h2>All figures</h2>\n" + figures(of) + "</body></html>\n";
}

}  // namespace wskafka::load
