#pragma once

#include "net/kafka/history_handle.hpp"
#include "net/kafka/history_job.hpp"
#include "net/kafka/history_reader.hpp"
#include "net/kafka/poller.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <vector>

namespace wskafka::kafka {

/// The reads, and the few handles that carry them out in turn. A handle is made
/// when no other is free, up to the bound, and ended when nobody has needed it
/// for a while. Who waits gets the handle of a read whose payer has no credit,
/// or that has had it for long enough; that one waits in its turn. Everything
/// but the interface on the poller's thread.
class history_pool final : public history_reader,
                           public pollable,
                           public timed,
                           public std::enable_shared_from_this<history_pool> {
 public:
  using clock = std::chrono::steady_clock;

  struct bounds {
    std::size_t handles = 2;
    /// Open at a time, those being served among them.
    std::size_t reads = 1000;
  };

  /// `ended` runs on the closer's thread when a close is done.
  history_pool(history_surroundings around, bounds most,
               std::function<void()> ended);

  result<std::shared_ptr<history_read>> begin(
      std::vector<position> from, std::shared_ptr<history_listener> events,
      std::shared_ptr<net::account> payer) override;
  void close(clock::time_point deadline) override;

  /// Credit came back to somebody.
  bool turn() override;
  clock::time_point tick(clock::time_point now) override;

 private:
  using job_ptr = std::shared_ptr<history_job>;

  void take(job_ptr job);
  void drop_ended();
  void unpark();
  void place();
  std::shared_ptr<history_handle> free_handle(clock::time_point now);
  std::shared_ptr<history_handle> make_handle();
  void park_or_queue(job_ptr job);
  void end_idle(clock::time_point now);
  void let_go();
  void do_close(clock::time_point deadline);

  const history_surroundings around_;
  const bounds most_;
  const std::function<void()> ended_;
  std::atomic<std::size_t> reads_{0};
  /// Handles that are not gone yet, and one for the pool itself.
  std::atomic<std::size_t> open_{1};

  std::vector<std::shared_ptr<history_handle>> handles_;
  std::deque<job_ptr> waiting_;
  /// Without credit, and without a handle.
  std::vector<job_ptr> parked_;
  bool ticking_ = false;
  bool closing_ = false;
};

}  // namespace wskafka::kafka
