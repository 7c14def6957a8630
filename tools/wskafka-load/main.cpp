#include "tools/wskafka-load/arguments.hpp"
#include "tools/wskafka-load/compare.hpp"
#include "tools/wskafka-load/fail_if.hpp"
#include "tools/wskafka-load/judge.hpp"
#include "tools/wskafka-load/metrics.hpp"
#include "tools/wskafka-load/progress.hpp"
#include "tools/wskafka-load/report_hgrm.hpp"
#include "tools/wskafka-load/report_html.hpp"
#include "tools/wskafka-load/report_json.hpp"
#include "tools/wskafka-load/run.hpp"
#include "tools/wskafka-load/summary.hpp"

#include <cerrno>
#include <cstring>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

/// The load tool: the composition root.
namespace wskafka::load {
namespace {

/// Empty, or what is wrong: an hour's result must have where to go.
std::string try_files(const options& asked) {
  for (const std::string& name : {asked.json, asked.hgrm, asked.html}) {
    if (name.empty() || name == "-")
      continue;
    const bool there = std::filesystem::exists(name);
    if (!std::ofstream(name, std::ios::binary | std::ios::app))
      return name + " cannot be written: " + std::strerror(errno);
    if (!there)
      std::filesystem::remove(name);
  }
  return {};
}

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
    std::cerr << "wskafka-load: " << name
              << " cannot be written: " << std::strerror(errno) << '\n';
  return static_cast<bool>(file);
}

/// Judges each --fail-if; whether one was met.
bool judge_thresholds(result& of) {
  bool failed = false;
  const std::vector<metric> all = metrics(of);
  for (const std::string& text : of.asked.fail_if) {
    threshold by;
    read_threshold(text, by);  // the command line was checked
    const verdict found = judge(by, all);
    of.verdicts.push_back(found.text);
    failed = failed || found.failed;
  }
  return failed;
}

int measure(const options& asked) {
  result found;
  std::string error = try_files(asked);
  if (error.empty()) {
    progress display(asked);
    error = run(asked, display, found);
  }
  if (!error.empty()) {
    std::cerr << "wskafka-load: " << error << '\n';
    return runtime_error;
  }
  const bool failed = judge_thresholds(found);
  std::ostream& shown = asked.json == "-" ? std::cerr : std::cout;
  shown << summary(found) << std::flush;
  bool good = went_as_planned(found);
  good = write_file(asked.json, asked.json.empty() ? "" : json_text(found)) &&
         good;
  good = write_file(asked.hgrm,
                    asked.hgrm.empty() ? "" : to_hgrm(main_times(found).of)) &&
         good;
  good =
      write_file(asked.html, asked.html.empty() ? "" : to_html(found)) && good;
  return failed ? threshold_failed : good ? 0 : runtime_error;
}

int show_comparison(const options& asked) {
  std::string text;
  const bool good = compare(asked.before, asked.after, text);
  (good ? std::cout : std::cerr << "wskafka-load: ") << text << '\n';
  return good ? 0 : runtime_error;
}

}  // namespace
}  // namespace wskafka::load

int main(int argc, char** argv) {
  using namespace wskafka::load;
  const parsed line = parse(argc, argv);
  if (!line.value)
    return line.exit_code;
  try {
    return line.value->what == command::compare ? show_comparison(*line.value)
                                                : measure(*line.value);
  } catch (const std::exception& e) {
    std::cerr << "wskafka-load: " << e.what() << '\n';
    return runtime_error;
  }
}
