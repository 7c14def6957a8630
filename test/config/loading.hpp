#pragma once

#include "config/load.hpp"

#include <string>
#include <vector>

/// Short ways to load one source alone.
namespace wskafka::config::test {

inline load_result load_file(std::string text) {
  return load({"a.json", std::move(text), {}, {}});
}

inline load_result load_environment(std::vector<std::string> variables) {
  return load({{}, {}, std::move(variables), {}});
}

inline load_result load_command_line(std::vector<override> given) {
  return load({{}, {}, {}, std::move(given)});
}

/// The remarks as lines, for comparison and for a failing test's output.
inline std::string lines(const std::vector<remark>& remarks) {
  std::string result;
  for (const auto& each : remarks)
    result += to_string(each) + "\n";
  return result;
}

inline bool has(const std::string& text, const std::string& part) {
  return text.find(part) != text.npos;
}

}  // namespace wskafka::config::test
