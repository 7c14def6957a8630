#include "config/unknown.hpp"

#include "config/nearest.hpp"
#include "config/table.hpp"

#include <vector>

namespace wskafka::config {

namespace {

std::string did_you_mean(const std::string& name) {
  return name.empty() ? "" : "; did you mean " + name + "?";
}

/// The paths under which a key is known, in other sections than the one in
/// which it was looked for.
std::string elsewhere(std::string_view key) {
  std::string paths;
  for (const auto& each : table())
    if (each.key == key && each.type != kind::properties)
      paths += (paths.empty() ? "" : " or ") + path_of(each);
  return paths;
}

}  // namespace

std::string unknown_section(std::string_view name) {
  std::vector<std::string> names;
  std::string all;
  for (const auto& each : sections()) {
    names.emplace_back(each.name);
    all += (all.empty() ? "" : ", ") + names.back();
  }
  std::string meant = nearest(name, names);
  if (meant.empty())
    meant = elsewhere(name);
  return "is not a section (" + all + ")" + did_you_mean(meant);
}

std::string unknown_key(std::string_view section, std::string_view key) {
  const std::string text = "is not a known key";
  if (key.find('.') != key.npos)
    return text + "; librdkafka's own properties go into " +
           std::string{section} + ".librdkafka";
  std::vector<std::string> keys;
  for (const auto& each : table())
    if (each.section == section)
      keys.emplace_back(each.key);
  // The same key in another section was meant rather than a similar one here.
  std::string meant = elsewhere(key);
  if (meant.empty())
    meant = nearest(key, keys);
  return text + did_you_mean(meant);
}

std::string unknown_variable(std::string_view name) {
  const std::string text = "is not a known variable";
  // A section's variables start alike, which must not make them near.
  std::string start;
  for (const auto& each : sections()) {
    option nothing;
    nothing.section = each.name;
    if (const auto shared = variable_of(nothing);
        name.substr(0, shared.size()) == shared)
      start = shared;
  }
  std::vector<std::string> rests;
  for (const auto& each : table()) {
    std::string variable = variable_of(each);
    if (each.type == kind::properties && name == variable)
      return text + "; the name of a property follows, as in " +
             variable.append("_SASL_USERNAME");
    if (each.type != kind::properties && variable.rfind(start, 0) == 0)
      rests.push_back(variable.substr(start.size()));
  }
  const std::string rest = nearest(name.substr(start.size()), rests);
  return text + did_you_mean(rest.empty() ? rest : start + rest);
}

std::string shown_name(std::string_view name) {
  constexpr std::size_t longest = 80;
  if (name.empty())
    return "\"\"";
  std::string shown;
  for (const char c : name.substr(0, longest))
    shown += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
  return name.size() > longest ? shown + "..." : shown;
}

}  // namespace wskafka::config
