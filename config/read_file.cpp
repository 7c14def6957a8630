#include "config/document.hpp"
#include "config/loader.hpp"
#include "config/unknown.hpp"

namespace wskafka::config {

namespace {

void read_section(const std::string& file, const member& part, loader& into) {
  const auto* members = part.content.as<object>();
  if (members == nullptr) {
    into.add_problem(file, part.line, part.name,
                     "must be an object of keys and values, not " +
                         to_excerpt(part.content));
    return;
  }
  for (const auto& each : *members) {
    if (const option* known = find_option(part.name, each.name))
      into.set(*known, each.content, file, each.line);
    else
      into.add_problem(file, each.line, part.name + "." + shown_name(each.name),
                       unknown_key(part.name, each.name));
  }
}

bool is_section(std::string_view name) {
  for (const auto& each : sections())
    if (each.name == name)
      return true;
  return false;
}

}  // namespace

void read_file(const std::string& name, std::string_view text, loader& into) {
  const document read = read_document(text);
  for (const auto& [line, column, path, what] : read.faults)
    into.add_problem(
        name, line, path.empty() ? path : shown_name(path),
        column == 0 ? what : "column " + std::to_string(column) + ": " + what);
  const auto* parts = read.root.as<object>();
  if (parts == nullptr) {
    if (read.faults.empty())
      into.add_problem(name, 1, {},
                       "must hold one object with the sections, not " +
                           to_excerpt(read.root));
    return;
  }
  for (const auto& part : *parts) {
    if (is_section(part.name))
      read_section(name, part, into);
    else
      into.add_problem(name, part.line, shown_name(part.name),
                       unknown_section(part.name));
  }
}

}  // namespace wskafka::config
