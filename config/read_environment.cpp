#include "config/check.hpp"
#include "config/loader.hpp"
#include "config/unknown.hpp"

namespace wskafka::config {

namespace {

constexpr std::string_view ours = "WSKAFKA_";
/// What the project's tests are told by.
constexpr std::string_view tests = "WSKAFKA_TEST_";

bool starts_with(std::string_view text, std::string_view start) {
  return text.substr(0, start.size()) == start;
}

bool has_protocol(std::string_view text) {
  return starts_with(text, "tcp://") || starts_with(text, "udp://") ||
         starts_with(text, "sctp://");
}

/// `SSL_CA_LOCATION` is `ssl.ca.location`, and `LOG__LEVEL` is `log_level`.
std::string property_of(std::string_view name) {
  std::string property;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const char c = name[i];
    if (c != '_') {
      property += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    } else if (i + 1 < name.size() && name[i + 1] == '_') {
      property += '_';
      ++i;
    } else {
      property += '.';
    }
  }
  return property;
}

/// Kubernetes tells each container of the services around it, and one may be
/// named as we are.
bool is_of_kubernetes(std::string_view name, std::string_view text) {
  const auto has = [&](std::string_view part) {
    return name.find(part) != name.npos;
  };
  return has("_SERVICE_HOST") || has("_SERVICE_PORT") ||
         (has("_PORT") && has_protocol(text)) ||
         (has("_PORT_") && (has("_TCP") || has("_UDP") || has("_SCTP")));
}

void read_variable(std::string_view name, std::string_view text, loader& into) {
  const std::string source = "environment " + shown_name(name);
  for (const auto& each : table()) {
    const std::string variable = variable_of(each);
    if (each.type != kind::properties) {
      if (name == variable)
        return into.set(each, from_text(each, text), source);
    } else if (starts_with(name, variable + "_")) {
      const value content{std::string{text}};
      const member property{property_of(name.substr(variable.size() + 1)),
                            content, 0};
      return into.set(each, {object{property}}, source);
    }
  }
  if (!is_of_kubernetes(name, text))
    into.add_problem(source, 0, {}, unknown_variable(name));
}

}  // namespace

void read_environment(const std::vector<std::string>& variables, loader& into) {
  for (const std::string_view each : variables) {
    const auto equals = each.find('=');
    // Without a sign it is no variable, and an empty one counts as unset.
    if (equals == each.npos || equals + 1 == each.size())
      continue;
    const auto name = each.substr(0, equals);
    if (starts_with(name, ours) && !starts_with(name, tests))
      read_variable(name, each.substr(equals + 1), into);
  }
}

}  // namespace wskafka::config
