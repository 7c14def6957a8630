#include "tools/wskafka-load/arguments.hpp"
#include "tools/wskafka-load/judge.hpp"
#include "tools/wskafka-load/progress.hpp"
#include "tools/wskafka-load/report_json.hpp"
#include "tools/wskafka-load/run.hpp"
#include "tools/wskafka-load/summary.hpp"

#include <fstream>
#include <iostream>
#include <string>

/// The load tool: the composition root.
namespace wskafka::load {
namespace {

/// False, with a line about it, when the file cannot be written.
bool write_file(const std::string& name, const std::string& text) {
  if (name.empty())
    return true;
  if (name == "-") {
    std::cout << text;
    return true;
  }
  std::ofstream file(name, std::ios::binary);
  file << text;
  file.close();
  if (!file)
    std::cerr << "wskafka-load: " << name << " cannot be written\n";
  return static_cast<bool>(file);
}

int measure(const options& asked) {
  result found;
  std::string error;
  {
    progress display(asked);
    error = run(asked, display, found);
  }
  if (!error.empty()) {
    std::cerr << "wskafka-load: " << error << '\n';
    return runtime_error;
  }
  (asked.json == "-" ? std::cerr : std::cout) << summary(found);
  const bool written = write_file(asked.json, to_json(found).dump(2) + "\n");
  return written && went_as_planned(found) ? 0 : runtime_error;
}

}  // namespace
}  // namespace wskafka::load

int main(int argc, char** argv) {
  using namespace wskafka::load;
  const parsed command = parse(argc, argv);
  if (!command.value)
    return command.exit_code;
  return measure(*command.value);
}
