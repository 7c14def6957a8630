#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

namespace wskafka::kafka {

/// Threads for what blocks (metadata, committed offsets), and one clock thread
/// for what is due at a time, which goes on when all workers wait for a dead
/// broker. The queue is bounded by the requests that fill it.
class worker_pool {
 public:
  using clock = std::chrono::steady_clock;
  using timer = std::pair<clock::time_point, std::uint64_t>;

  explicit worker_pool(unsigned workers);
  worker_pool(const worker_pool&) = delete;
  worker_pool& operator=(const worker_pool&) = delete;
  /// Stops, and waits for every thread.
  ~worker_pool();

  /// From any thread: `task` runs on a worker, in the order given.
  void run(std::function<void()> task);

  /// From any thread: `task` runs on the clock thread; it must not block.
  timer run_at(clock::time_point when, std::function<void()> task);

  /// From any thread: the task will not begin any more.
  void cancel(const timer& which);

  /// Drops what has not begun, and ends the threads. One that still waits for
  /// a broker at the deadline is left behind, to end when its call returns;
  /// false then. Tasks must own what they use.
  bool stop(clock::time_point deadline);

 private:
  struct state;
  static void work(state& shared);
  static void keep_time(state& shared);

  std::shared_ptr<state> state_;
  std::vector<std::thread> threads_;
};

}  // namespace wskafka::kafka
