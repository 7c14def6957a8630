#include "config/loader.hpp"

#include "config/check.hpp"
#include "config/properties.hpp"
#include "config/unknown.hpp"
#include "config/validate.hpp"

#include <utility>

namespace wskafka::config {

namespace {

std::string place(const std::string& source, unsigned line) {
  return line == 0 ? source : source + ":" + std::to_string(line);
}

}  // namespace

void loader::set(const option& of, const value& given,
                 const std::string& source, unsigned line) {
  ++settings_;
  const std::string path = path_of(of);
  const std::string fault = check(of, given);
  if (!fault.empty()) {
    add_problem(source, line, path, fault);
    return;
  }
  if (of.type == kind::properties) {
    for (const auto& property : *given.as<object>())
      set_property(of, property, source, line);
    return;
  }
  const bool is_first = origins_.count(path) == 0;
  origins_[path] = place(source, line);
  if (of.ignored && is_first && given != of.get({}))
    result_.notices.push_back(
        {place(source, line), path,
         "is accepted but has no meaning here: " + std::string{of.text}});
  of.set(result_.values, given);
}

void loader::set_property(const option& of, const member& property,
                          const std::string& source, unsigned line) {
  const unsigned where = property.line == 0 ? line : property.line;
  const std::string fault = refuse_property(property.name, property.content);
  if (fault.empty())
    of.set(result_.values, {object{property}});
  else
    add_problem(source, where, path_of(of) + "." + shown_name(property.name),
                fault);
}

void loader::add_problem(const std::string& source, unsigned line,
                         std::string path, std::string text) {
  faulty_.insert(path);
  result_.problems.push_back(
      {place(source, line), std::move(path), std::move(text)});
}

void loader::end_source(const std::string& name) {
  result_.used.push_back({name, std::exchange(settings_, 0)});
}

load_result loader::finish() {
  for (auto& [path, other, text] : validate(result_.values)) {
    if (faulty_.count(path) > 0 || faulty_.count(other) > 0)
      continue;
    const auto origin = origins_.find(path);
    result_.problems.push_back(
        {origin == origins_.end() ? "default" : origin->second, path, text});
  }
  return std::move(result_);
}

}  // namespace wskafka::config
