#include "config/check.hpp"
#include "config/generate.hpp"
#include "config/table.hpp"

#include <string_view>

namespace wskafka::config {

namespace {

std::string code(std::string_view text) {
  return text.empty() ? "" : "`" + std::string{text} + "`";
}

/// The unit has a column of its own.
std::string allowed_without_unit(option of) {
  of.unit = {};
  return allowed(of);
}

std::string row(const option& of) {
  std::string standard = code(to_json(of.get({})));
  if (!of.example.empty())
    standard = "not set";
  std::string meaning{of.text};
  if (of.ignored) {
    standard = "";
    meaning = "*Accepted without meaning.* " + meaning;
  }
  return "| " + code(of.key) + " | " + allowed_without_unit(of) + " | " +
         standard + " | " + std::string{of.unit} + " | " + meaning + " | " +
         code(of.librdkafka) + " |\n";
}

}  // namespace

std::string reference() {
  std::string result;
  for (const auto& part : sections()) {
    result += (result.empty() ? "### `" : "\n### `") + std::string{part.name} +
              "`\n\n" + std::string{part.text} + "\n\n" +
              "| key | allowed | default | unit | meaning | librdkafka |\n"
              "| --- | --- | --- | --- | --- | --- |\n";
    for (const auto& each : table())
      if (each.section == part.name)
        result += row(each);
  }
  return result;
}

}  // namespace wskafka::config
