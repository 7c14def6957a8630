#include "config/describe.hpp"

#include "config/properties.hpp"
#include "config/table.hpp"

namespace wskafka::config {

namespace {

std::string shown(const member& property) {
  std::string text = to_text(property.content);
  if (!is_secret(property.name))
    return text;
  return text.empty() ? "unset" : "set";
}

}  // namespace

std::vector<std::pair<std::string, std::string>> describe(
    const options& values) {
  std::vector<std::pair<std::string, std::string>> lines;
  for (const auto& each : table()) {
    const value content = each.get(values);
    if (const auto* properties = content.as<object>()) {
      for (const auto& property : *properties)
        lines.emplace_back(path_of(each) + "." + property.name,
                           shown(property));
    } else if (!each.ignored) {
      lines.emplace_back(path_of(each), to_text(content));
    }
  }
  return lines;
}

}  // namespace wskafka::config
