#pragma once

#include "net/kafka/broker_watch.hpp"
#include "net/kafka/consumer_client.hpp"
#include "net/kafka/queue_reader.hpp"
#include "net/kafka/wake_signal.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace wskafka::kafka {

/// A consumer on its way out.
struct closing {
  /// Null when none was ever made.
  std::shared_ptr<consumer_client> client;
  std::chrono::steady_clock::time_point deadline;
  /// It subscribed once, so there may be a group to leave.
  bool joined = false;
  /// Runs at the end, on the closer's thread; true: it was given up at the
  /// deadline.
  std::function<void(bool)> ended;
};

/// One thread that leaves groups and ends consumers, many at a time, each by
/// its deadline: closing a consumer waits for its broker, and once begun it
/// cannot be given up without waiting. Where no broker answers it is not begun.
class closer {
 public:
  using clock = std::chrono::steady_clock;

  explicit closer(std::shared_ptr<broker_watch> watch);
  closer(const closer&) = delete;
  closer& operator=(const closer&) = delete;
  ~closer();

  /// From any thread.
  void take(closing one);

  /// Has everything ended by the deadline, then ends the thread; all
  /// `ended` have run when it returns. False: some were given up.
  bool stop(clock::time_point deadline);

 private:
  struct leaver;
  void run();
  bool step(leaver& one, clock::time_point now);
  void begin(leaver& one);
  void serve(leaver& one);
  void let_go(leaver& one);
  void end(leaver& one, bool given_up);

  const std::shared_ptr<broker_watch> watch_;
  /// Shared with what the reaper runs.
  const std::shared_ptr<wake_signal> wake_;

  std::mutex mutex_;
  std::vector<closing> taken_;
  clock::time_point latest_ = clock::time_point::max();
  bool stopping_ = false;

  // The thread's alone.
  std::vector<std::unique_ptr<leaver>> leaving_;
  bool stopping_now_ = false;
  std::atomic<bool> gave_up_{false};

  std::thread thread_;
};

}  // namespace wskafka::kafka
