#include "config/load.hpp"

#include "config/loader.hpp"

namespace wskafka::config {

load_result load(const sources& from) {
  loader all;
  if (from.file_text) {
    read_file(from.file_name, *from.file_text, all);
    all.end_source(from.file_name);
  }
  read_environment(from.environment, all);
  all.end_source("environment");
  read_command_line(from.command_line, all);
  all.end_source("command line");
  return all.finish();
}

std::string to_string(const remark& shown) {
  std::string line = shown.where + ": ";
  if (!shown.path.empty())
    line += shown.path + " ";
  return line + shown.text;
}

}  // namespace wskafka::config
