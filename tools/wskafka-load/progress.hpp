#pragma once

#include "tools/wskafka-load/result.hpp"

#include <cstdint>
#include <string>

namespace wskafka::load {

/// What is seen while a run lasts, on stderr: a line a second, and on a
/// terminal a bar below them that is redrawn. One thread.
class progress {
 public:
  explicit progress(const options& asked);
  ~progress();

  /// A line that stays.
  void say(const std::string& line);
  /// A warning that stays.
  void warn(const std::string& line);
  /// The second that has ended.
  void line(const second& one);
  /// Redraws the bar; `share` of the whole from 0 to 1. Terminals only.
  void bar(const std::string& what, double share);

 private:
  void erase_bar();

  const bool quiet_;
  const bool publishes_;
  const bool subscribes_;
  const bool terminal_;
  const bool colour_;
  std::string bar_;
  std::int64_t drawn_ = 0;
};

}  // namespace wskafka::load
