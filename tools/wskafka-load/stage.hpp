#pragma once

#include "tools/wskafka-load/context.hpp"
#include "tools/wskafka-load/monitor.hpp"
#include "tools/wskafka-load/progress.hpp"
#include "tools/wskafka-load/result.hpp"
#include "tools/wskafka-load/setup.hpp"
#include "tools/wskafka-load/waiter.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace wskafka::load {

/// The threads and connections of one run, and how the main thread waits for
/// them; what they are to do, `connect_load` and `exchange_load` say. Made
/// once a process, used from the main thread.
class stage {
 public:
  using sample = monitor::sample;

  /// Makes all connections, opens none, and starts the threads.
  stage(const options& asked, progress& display, result& into,
        const setup& made);

  /// Looks at the loops until `done`, a signal, or `patience` seconds in which
  /// `moved` stayed the same. Whether it is done.
  bool wait_until(
      const std::function<bool()>& done,
      const std::function<std::uint64_t()>& moved, double patience,
      const std::function<void()>& on_move = [] {});
  /// Shows a bar until the time `until` (ns), a signal, or `over`.
  void wait_for_time(std::int64_t until, const std::string& what,
                     const std::function<bool()>& over);

  /// For how many seconds nothing may happen while connections are opened:
  /// --timeout, behind the next one's turn.
  double opening_patience() const;

  totals now() const { return sum(crew); }
  /// One of the failures that the loops have told.
  std::string first_problem() const;

  /// What was used when the server had stopped working on what we did: no more
  /// than a tenth of a core, from one look to the next. After `patience`
  /// seconds what it is then, with a warning.
  sample calm_sample(const sample& from, double patience);

  /// Ends all connections and waits for the server's goodbye.
  void close_all(bool drop);
  /// CPU and memory between the two.
  void set_usage(const sample& before, const sample& after);
  /// Stops the threads and completes the result.
  void finish();

  const options& asked;
  progress& display;
  result& into;

 private:
  void make_clients();
  void count_untried(const totals& last);

  waiter waiter_;

 public:
  ledger book;
  context shared;
  loops crew;
  monitor watch;
};

/// Opens connections, holds them, closes them. Empty, or why there is no
/// result.
std::string connect_load(stage& on);

/// Publishes, subscribes, or both. Empty, or why there is no result.
std::string exchange_load(stage& on);

}  // namespace wskafka::load
