#include "config/check.hpp"
#include "config/loader.hpp"
#include "config/unknown.hpp"

namespace wskafka::config {

void read_command_line(const std::vector<override>& given, loader& into) {
  const std::string source = "command line";
  constexpr std::string_view properties = "librdkafka.";
  for (const auto& [section, key, text] : given) {
    const std::string_view name = key;
    const option* known = find_option(section, key);
    const option* map = find_option(section, "librdkafka");
    if (known != nullptr) {
      into.set(*known, from_text(*known, text), source);
    } else if (map != nullptr &&
               name.substr(0, properties.size()) == properties) {
      const value content{text};
      const member property{key.substr(properties.size()), content, 0};
      into.set(*map, {object{property}}, source);
    } else {
      std::string path = section;
      path.append(".").append(key);
      into.add_problem(source, 0, shown_name(path), unknown_key(section, key));
    }
  }
}

}  // namespace wskafka::config
