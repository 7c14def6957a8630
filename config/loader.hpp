#pragma once

#include "config/load.hpp"
#include "config/table.hpp"

#include <map>
#include <set>
#include <string>
#include <string_view>

namespace wskafka::config {

/// Collects what the sources say. Used by `load` and its sources' readers
/// alone; one per call of `load`, on its thread.
class loader {
 public:
  /// Checks and stores one option's value; what does not fit becomes a
  /// problem. For properties `given` is an object, whose members are checked
  /// one by one; a member's own line wins over `line`.
  void set(const option& of, const value& given, const std::string& source,
           unsigned line = 0);

  void add_problem(const std::string& source, unsigned line, std::string path,
                   std::string text);

  /// Everything of this source has been set.
  void end_source(const std::string& name);

  /// Adds the checks between options, and gives all.
  load_result finish();

 private:
  void set_property(const option& of, const member& property,
                    const std::string& source, unsigned line);

  load_result result_;
  /// Of the source that is being read.
  std::size_t settings_ = 0;
  /// Where an option was last set, by path.
  std::map<std::string, std::string> origins_;
  /// Paths with a problem: checks between options leave them out.
  std::set<std::string> faulty_;
};

/// The readers of the sources; each hands every value it finds to `into`.
void read_file(const std::string& name, std::string_view text, loader& into);
void read_environment(const std::vector<std::string>& variables, loader& into);
void read_command_line(const std::vector<override>& given, loader& into);

}  // namespace wskafka::config
