#include "tools/wskafka-load/fail_if.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <utility>

namespace wskafka::load {
namespace {

using comparison = threshold::comparison;

// The longer ones first, so that >= is not taken for >.
constexpr std::pair<const char*, comparison> comparisons[] = {
    {">=", comparison::at_least}, {"<=", comparison::at_most},
    {"==", comparison::equal},    {"!=", comparison::unequal},
    {">", comparison::more},      {"<", comparison::less}};

constexpr std::pair<const char*, double> time_units[] = {
    {"ns", 1e-3}, {"us", 1}, {"ms", 1e3}, {"s", 1e6}};

std::string without_blanks(std::string text) {
  text.erase(std::remove(text.begin(), text.end(), ' '), text.end());
  return text;
}

/// The names of all metrics need no run.
std::vector<metric> known_metrics() {
  return metrics(result());
}

std::string read_limit(const std::string& text, unit in, double& into) {
  char* end = nullptr;
  into = std::strtod(text.c_str(), &end);
  if (end == text.c_str() || !std::isfinite(into))
    return "no number behind the comparison";
  const std::string suffix(end);
  if (in != unit::time)
    return suffix.empty() || (in == unit::rate && suffix == "/s")
               ? ""
               : fmt::format("'{}' behind the number is not known{}", suffix,
                             in == unit::kib ? ": it is in KiB" : "");
  for (const auto& [name, us] : time_units)
    if (suffix == name) {
      into *= us;
      return {};
    }
  return "a time needs a unit: ns, us, ms or s, as in p99>50ms";
}

bool holds(double value, comparison how, double limit) {
  switch (how) {
    case comparison::more:
      return value > limit;
    case comparison::at_least:
      return value >= limit;
    case comparison::less:
      return value < limit;
    case comparison::at_most:
      return value <= limit;
    case comparison::equal:
      return value == limit;
    case comparison::unequal:
      return value != limit;
  }
  return false;
}

}  // namespace

std::string read_threshold(const std::string& text, threshold& into) {
  into.text = without_blanks(text);
  const auto at = into.text.find_first_of("<>=!");
  if (at == std::string::npos)
    return fmt::format("'{}': expected METRIC>VALUE, as in p99>50ms", text);
  into.metric = into.text.substr(0, at);
  const std::vector<metric> known = known_metrics();
  const auto found =
      std::find_if(known.begin(), known.end(),
                   [&](const metric& one) { return one.name == into.metric; });
  if (found == known.end()) {
    std::vector<std::string> names;
    names.reserve(known.size());
    for (const metric& one : known)
      names.push_back(one.name);
    return fmt::format("'{}': there is no metric '{}'; there are {}", text,
                       into.metric, fmt::join(names, ", "));
  }
  for (const auto& [name, how] : comparisons) {
    const std::string sign(name);
    if (into.text.compare(at, sign.size(), sign) != 0)
      continue;
    into.how = how;
    const std::string wrong =
        read_limit(into.text.substr(at + sign.size()), found->in, into.limit);
    return wrong.empty() ? "" : fmt::format("'{}': {}", text, wrong);
  }
  return fmt::format("'{}': expected one of > >= < <= == !=", text);
}

verdict judge(const threshold& by, const std::vector<metric>& all) {
  for (const metric& one : all) {
    if (one.name != by.metric)
      continue;
    if (!one.value)
      return {true,
              fmt::format("FAIL {}: {} is not known: it was not measured in "
                          "this run, or too much never came",
                          by.text, one.name)};
    const bool failed = holds(*one.value, by.how, by.limit);
    return {failed,
            fmt::format("{} {}: {} is {}", failed ? "FAIL" : "ok  ", by.text,
                        one.name, to_text(*one.value, one.in))};
  }
  return {true, fmt::format("FAIL {}: no such metric", by.text)};
}

}  // namespace wskafka::load
