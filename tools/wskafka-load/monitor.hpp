#pragma once

#include "tools/wskafka-load/loop.hpp"
#include "tools/wskafka-load/progress.hpp"
#include "tools/wskafka-load/result.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace wskafka::load {

using loops = std::vector<std::unique_ptr<loop>>;

/// The loops' counters, summed.
struct totals {
  std::uint64_t started = 0;
  std::uint64_t opened = 0;
  std::uint64_t open_failed = 0;
  std::uint64_t ready = 0;
  std::uint64_t lost = 0;
  std::uint64_t ended = 0;
  std::uint64_t stalled_closed = 0;
  std::uint64_t unsent = 0;
  std::uint64_t fenced = 0;
  bool generating = false;
};
totals sum(const loops& all);

/// Collects what the loops see, second by second, and CPU time. Main thread.
class monitor {
 public:
  monitor(result& into, const loops& all, const ledger& book, progress& display,
          std::vector<int> server_pids);

  /// Seconds are counted from here; the part before belongs to none.
  void start(const window& when);
  /// Ends the seconds that are over. When the next one ends, in ns.
  std::int64_t tick();
  /// Ends the last second, and puts what is left into the result.
  void finish();

  /// The loops' CPU time counts for `busy` between these two.
  void begin_busy();
  void end_busy();

  /// Server's CPU time and ours so far.
  struct sample {
    std::int64_t at = 0;
    std::optional<process_usage> server;
    process_usage own;
  };
  sample take_sample() const;

 private:
  void end_second(std::int64_t now);

  result& into_;
  const loops& loops_;
  const ledger& book_;
  progress& display_;
  const std::vector<int> pids_;
  bool started_ = false;
  window when_;
  std::int64_t taken_at_ = 0;
  std::int64_t next_end_ = 0;
  std::uint64_t failed_before_ = 0;
  sample before_;
  std::int64_t busy_from_ = 0;
  std::vector<std::int64_t> busy_before_;
};

}  // namespace wskafka::load
