#pragma once

#include "net/kafka/wake_signal.hpp"

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace wskafka::kafka {

/// Something that a poller looks at when it was marked ready.
class pollable {
 public:
  virtual ~pollable() = default;

  /// On the poller's thread. True: there may be more, look again after the
  /// others had their turn.
  virtual bool turn() = 0;

 private:
  friend class poller;
  std::atomic<bool> marked_{false};
};

/// Something that has work to do at a time.
class timed {
 public:
  virtual ~timed() = default;

  /// On the poller's thread, when it is due or earlier; returns when it is due
  /// next.
  virtual std::chrono::steady_clock::time_point tick(
      std::chrono::steady_clock::time_point now) = 0;
};

/// One thread that polls many consumer handles, as they become ready.
class poller {
 public:
  using clock = std::chrono::steady_clock;

  /// `gather`: how long what comes may wait for more of it (`mark_arrival`).
  explicit poller(std::chrono::milliseconds gather = {});
  poller(const poller&) = delete;
  poller& operator=(const poller&) = delete;
  ~poller() { stop(); }

  /// Carries out what was posted, then ends the thread; what is posted later is
  /// dropped. Not on the poller's own thread.
  void stop();

  /// From any thread: `command` runs on the poller's thread, in order.
  void post(std::function<void()> command);

  /// From any thread, also under a lock: `what` gets a turn. Marking it again
  /// before that costs nothing.
  void mark(std::shared_ptr<pollable> what);

  /// The same for what came from Kafka. In a rush, where arrivals were looked
  /// at twice within twice the time to gather, what comes after them waits for
  /// more, that time after the round at most: each round wakes a thread here, a
  /// worker and a socket's thread.
  void mark_arrival(std::shared_ptr<pollable> what);

  /// On the poller's thread: ticks from now on, or no more.
  void add(std::shared_ptr<timed> what);
  void remove(const timed* what);

  /// On the poller's thread: somebody is due by then.
  void due(clock::time_point when);

 private:
  /// By a round: whether records had come, and whether somebody wants more.
  struct found {
    bool arrivals = false;
    bool more = false;
  };

  void add_marked(std::shared_ptr<pollable> what, bool arrival);
  void run();
  void run_commands();
  found run_marked();
  clock::time_point end_round(const found& it_found);
  void run_timed();

  wake_signal wake_;
  std::mutex mutex_;
  std::vector<std::function<void()>> commands_;
  std::vector<std::shared_ptr<pollable>> marked_;
  bool stopping_ = false;
  // An arrival need not wake the thread: it works, or will look soon.
  bool will_look_ = false;
  bool arrived_ = false;

  // The thread's alone.
  std::vector<std::function<void()>> running_;
  std::vector<std::shared_ptr<pollable>> looking_;
  std::vector<std::shared_ptr<timed>> timed_;
  clock::time_point next_ = clock::time_point::max();
  const std::chrono::milliseconds gather_;
  clock::time_point rush_until_ = clock::time_point::min();

  std::thread thread_;
};

}  // namespace wskafka::kafka
