#include "net/kafka/worker_pool.hpp"

#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>

namespace wskafka::kafka {

struct worker_pool::state {
  std::mutex mutex;
  std::condition_variable tasks_changed;
  std::condition_variable timers_changed;
  std::condition_variable threads_changed;
  std::deque<std::function<void()>> tasks;
  std::map<timer, std::function<void()>> timers;
  std::uint64_t numbers = 0;
  std::size_t running = 0;
  bool stopping = false;
};

worker_pool::worker_pool(unsigned workers) : state_(std::make_shared<state>()) {
  state_->running = workers + 1;
  const auto start = [this](void (*loop)(state&)) {
    threads_.emplace_back([shared = state_, loop] {
      loop(*shared);
      std::lock_guard<std::mutex> guard(shared->mutex);
      --shared->running;
      shared->threads_changed.notify_all();
    });
  };
  for (unsigned i = 0; i < workers; ++i)
    start(&worker_pool::work);
  start(&worker_pool::keep_time);
}

worker_pool::~worker_pool() {
  stop(clock::time_point::max());
}

void worker_pool::run(std::function<void()> task) {
  {
    std::lock_guard<std::mutex> guard(state_->mutex);
    if (state_->stopping)
      return;
    state_->tasks.push_back(std::move(task));
  }
  state_->tasks_changed.notify_one();
}

worker_pool::timer worker_pool::run_at(clock::time_point when,
                                       std::function<void()> task) {
  std::lock_guard<std::mutex> guard(state_->mutex);
  const timer key{when, ++state_->numbers};
  if (state_->stopping)
    return key;
  const auto place = state_->timers.emplace(key, std::move(task)).first;
  if (place == state_->timers.begin())
    state_->timers_changed.notify_one();
  return key;
}

void worker_pool::cancel(const timer& which) {
  // What the task holds goes outside the lock: it may be anything.
  std::map<timer, std::function<void()>>::node_type dropped;
  std::lock_guard<std::mutex> guard(state_->mutex);
  dropped = state_->timers.extract(which);
}

bool worker_pool::stop(clock::time_point deadline) {
  if (threads_.empty())
    return true;
  std::deque<std::function<void()>> tasks;
  std::map<timer, std::function<void()>> timers;
  bool all = true;
  {
    std::unique_lock<std::mutex> guard(state_->mutex);
    state_->stopping = true;
    tasks.swap(state_->tasks);
    timers.swap(state_->timers);
    state_->tasks_changed.notify_all();
    state_->timers_changed.notify_all();
    const auto ended = [this] { return state_->running == 0; };
    if (deadline == clock::time_point::max())
      state_->threads_changed.wait(guard, ended);
    else
      all = state_->threads_changed.wait_until(guard, deadline, ended);
  }
  for (std::thread& thread : threads_) {
    if (all)
      thread.join();
    else
      thread.detach();
  }
  threads_.clear();
  return all;
}

void worker_pool::work(state& shared) {
  std::unique_lock<std::mutex> guard(shared.mutex);
  for (;;) {
    shared.tasks_changed.wait(
        guard, [&] { return shared.stopping || !shared.tasks.empty(); });
    if (shared.stopping)
      return;
    std::function<void()> task = std::move(shared.tasks.front());
    shared.tasks.pop_front();
    guard.unlock();
    task();
    task = nullptr;
    guard.lock();
  }
}

void worker_pool::keep_time(state& shared) {
  std::unique_lock<std::mutex> guard(shared.mutex);
  while (!shared.stopping) {
    if (shared.timers.empty()) {
      shared.timers_changed.wait(guard);
      continue;
    }
    const auto first = shared.timers.begin();
    const clock::time_point due = first->first.first;
    if (due > clock::now()) {
      shared.timers_changed.wait_until(guard, due);
      continue;
    }
    auto task = shared.timers.extract(first);
    guard.unlock();
    task.mapped()();
    task = {};
    guard.lock();
  }
}

}  // namespace wskafka::kafka
