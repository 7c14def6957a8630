#include "config/check.hpp"
#include "config/generate.hpp"
#include "config/table.hpp"

#include <string_view>

namespace wskafka::config {

namespace {

/// The text as comment lines of at most 78 columns.
std::string comment(std::string_view indent, std::string_view text) {
  constexpr std::size_t width = 78;
  std::string result;
  std::string line;
  const std::string start = std::string{indent} + "//";
  while (!text.empty()) {
    const auto blank = text.find(' ');
    const auto word = text.substr(0, blank);
    if (!line.empty() && start.size() + line.size() + 1 + word.size() > width) {
      result += start + line + "\n";
      line.clear();
    }
    line.append(" ").append(word);
    text.remove_prefix(blank == text.npos ? text.size() : blank + 1);
  }
  return result + start + line + "\n";
}

std::string entry(const option& of) {
  const std::string key = "\"" + std::string{of.key} + "\": ";
  if (of.type == kind::properties)  // the last one, so without a comma
    return comment("    ", of.text) + "    " + key + "{}\n";
  const value standard = of.get({});
  std::string result = comment("    ", of.text);
  if (of.example.empty())
    return result +
           comment("    ",
                   "Default " + to_json(standard) + "; " + allowed(of) + ".") +
           "    " + key + to_json(standard) + ",\n";
  return result + comment("    ", "Not set; " + allowed(of) + ".") + "    // " +
         key + std::string{of.example} + ",\n";
}

std::string body(std::string_view section) {
  std::string result;
  std::string ignored;
  std::string last;
  for (const auto& each : table()) {
    if (each.section != section)
      continue;
    if (each.ignored)
      ignored += (ignored.empty() ? "" : ", ") + std::string{each.key};
    else if (each.type == kind::properties)
      last = entry(each);
    else
      result += entry(each) + "\n";
  }
  if (!ignored.empty())
    result +=
        comment("    ", "Accepted from older files, without meaning here: " +
                            ignored + ".") +
        "\n";
  if (last.empty())  // no comma after the last entry
    result.erase(result.rfind(','), 1).pop_back();
  return result + last;
}

}  // namespace

std::string sample() {
  std::string result =
      comment("",
              "Configuration of wskafka: JSON, in which comments are allowed. "
              "Every value below is the default; what is left out keeps it. "
              "Environment variables (WSKAFKA_, section, _ and key in upper "
              "case) override this file, the command line overrides both.") +
      "{\n";
  for (const auto& each : sections()) {
    result += comment("  ", each.text) + "  \"" + std::string{each.name} +
              "\": {\n" + body(each.name) + "  }";
    result += each.name == sections().back().name ? "\n" : ",\n\n";
  }
  return result + "}\n";
}

}  // namespace wskafka::config
