#include "config/table.hpp"

#include "config/section_table.hpp"

#include <algorithm>
#include <iterator>

namespace wskafka::config {

const std::vector<section>& sections() {
  static const std::vector<section> all = {
      {"kafka_config", "The cluster, and what all its clients share."},
      {"websocket_config", "The listening side, and the server's life."},
      {"producer_config", "Publishing."},
      {"consumer_config", "Subscribing."}};
  return all;
}

const std::vector<option>& table() {
  static const std::vector<option> all = [] {
    std::vector<option> result;
    for (auto&& part :
         {kafka_table(), websocket_table(), producer_table(), consumer_table()})
      result.insert(result.end(), part.begin(), part.end());
    return result;
  }();
  return all;
}

const option* find_option(std::string_view section, std::string_view key) {
  const auto& all = table();
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const option& each) {
        return each.section == section && each.key == key;
      });
  return found == all.end() ? nullptr : &*found;
}

std::string path_of(const option& of) {
  return std::string{of.section} + "." + std::string{of.key};
}

std::string variable_of(const option& of) {
  std::string name = "WSKAFKA_";
  name.append(of.section).append("_").append(of.key);
  // Not std::toupper, which asks the process-wide locale.
  std::transform(name.begin(), name.end(), name.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return name;
}

}  // namespace wskafka::config
