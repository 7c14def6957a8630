#pragma once

#include "tools/wskafka-load/context.hpp"
#include "tools/wskafka-load/descriptor.hpp"
#include "tools/wskafka-load/interval.hpp"
#include "tools/wskafka-load/schedule.hpp"

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace wskafka::load {

class client;
class publisher;

/// Where a loop stands; read by the main thread.
struct loop_counters {
  std::atomic<std::uint64_t> started{0};
  std::atomic<std::uint64_t> opened{0};
  std::atomic<std::uint64_t> open_failed{0};
  /// Open and, for a subscriber, positioned.
  std::atomic<std::uint64_t> ready{0};
  /// Ended though we had not asked for it, after they were open.
  std::atomic<std::uint64_t> lost{0};
  std::atomic<std::uint64_t> ended{0};
  /// Those that read nothing, ended by the gateway.
  std::atomic<std::uint64_t> stalled_closed{0};
  /// Due, and not handed to a socket by the end.
  std::atomic<std::uint64_t> unsent{0};
  std::atomic<std::uint64_t> fenced{0};
  std::atomic<bool> generating{false};
};

/// One thread and its connections: opens them, keeps the schedule of its
/// publishers, reads. The main thread calls the part up to `take`; clients
/// call the rest, from the loop's thread.
class loop {
 public:
  /// `index` of all the run's threads.
  loop(context& shared, std::size_t index);
  ~loop();

  /// Before `start` only.
  void add(std::unique_ptr<client> one);
  void add_publisher(std::unique_ptr<publisher> one);

  void start();
  /// Runs `task` in the thread.
  void post(std::function<void()> task);
  /// Opens all connections, as fast as the server or --connect-rate allows.
  void open_all();
  /// Publishes during the window.
  void begin(const window& when);
  /// No publisher sends anything new, and the window ends at `end` ns.
  void stop_at(std::int64_t end);
  /// Asks each publisher's connection for something that the gateway answers
  /// behind all it was sent.
  void fence();
  void close_all(bool drop);
  /// Gives up connections whose handshake is not done.
  void give_up_opening();
  void stop();

  /// What was seen since the last call.
  interval take();
  const loop_counters& counters() const { return counters_; }
  /// Failures by what they were, with how often.
  std::map<std::string, std::uint64_t> problems() const;
  /// CPU time of the thread in ns; the last value after `stop`.
  std::int64_t cpu_ns() const;

  // for clients

  context& shared() { return shared_; }
  interval& seen() { return seen_; }
  const window& when() const { return when_; }
  loop_counters& count() { return counters_; }
  bool generating() const {
    return counters_.generating.load(std::memory_order_relaxed);
  }
  /// Remembers a failure.
  void problem(const std::string& what);
  /// A record of the publisher came back; whichever loop's it is.
  void complete(std::uint32_t publisher);
  /// A number for a frame's mask.
  std::uint32_t random() {
    random_ = random_ * 1664525U + 1013904223U;
    return random_;
  }
  /// For building frames; empty.
  std::string& scratch() {
    scratch_.clear();
    return scratch_;
  }

 private:
  void run();
  void run_tasks();
  void wait(std::int64_t until);
  std::int64_t work();
  std::int64_t open_more(std::int64_t now);
  std::int64_t generate(std::int64_t now);
  void finish_generating();
  void handle_completions();

  context& shared_;
  const std::size_t index_;
  descriptor poll_;
  wake wake_;
  std::thread thread_;
  bool stopping_ = false;
  std::atomic<std::int64_t> final_cpu_{-1};

  std::vector<std::unique_ptr<client>> clients_;
  std::vector<publisher*> publishers_;
  std::map<std::uint32_t, publisher*> by_id_;
  std::size_t to_open_ = 0;  // clients from here on are not opened
  bool opening_ = false;
  std::optional<schedule> open_schedule_;
  std::optional<schedule> send_schedule_;
  std::size_t turn_ = 0;  // the publisher of the next burst
  window when_;

  std::vector<char> buffer_;
  std::string scratch_;
  std::uint32_t random_;
  loop_counters counters_;

  mutable std::mutex tasks_guard_;
  std::vector<std::function<void()>> tasks_;
  std::vector<std::uint32_t> completions_;
  /// Held while the thread works, never while it waits.
  std::mutex work_guard_;
  interval seen_;
  mutable std::mutex problems_guard_;
  std::map<std::string, std::uint64_t> problems_;
};

}  // namespace wskafka::load
