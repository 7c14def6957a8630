#include "net/kafka/poller.hpp"

#include <algorithm>
#include <utility>

namespace wskafka::kafka {

poller::poller(std::chrono::milliseconds gather)
    : gather_(gather), thread_([this] { run(); }) {}

void poller::stop() {
  {
    std::lock_guard<std::mutex> guard(mutex_);
    if (std::exchange(stopping_, true))
      return;
  }
  wake_.set();
  thread_.join();
}

void poller::post(std::function<void()> command) {
  {
    std::lock_guard<std::mutex> guard(mutex_);
    if (stopping_)
      return;
    commands_.push_back(std::move(command));
  }
  wake_.set();
}

void poller::mark(std::shared_ptr<pollable> what) {
  add_marked(std::move(what), false);
}

void poller::mark_arrival(std::shared_ptr<pollable> what) {
  add_marked(std::move(what), true);
}

void poller::add_marked(std::shared_ptr<pollable> what, bool arrival) {
  if (what->marked_.exchange(true))
    return;
  {
    std::lock_guard<std::mutex> guard(mutex_);
    if (stopping_)
      return;
    marked_.push_back(std::move(what));
    arrived_ |= arrival;
    if (arrival && will_look_)
      return;
  }
  wake_.set();
}

void poller::add(std::shared_ptr<timed> what) {
  timed_.push_back(std::move(what));
  due(clock::now());
}

void poller::remove(const timed* what) {
  const auto gone =
      std::find_if(timed_.begin(), timed_.end(),
                   [&](const auto& each) { return each.get() == what; });
  if (gone != timed_.end())
    timed_.erase(gone);
}

void poller::due(clock::time_point when) {
  next_ = std::min(next_, when);
}

void poller::run() {
  clock::time_point next_look = clock::time_point::max();
  for (bool stopping = false; !stopping;) {
    wake_.wait_until(std::min(next_, next_look));
    {
      // Looked at first: what was posted before it is carried out below.
      std::lock_guard<std::mutex> guard(mutex_);
      stopping = stopping_;
      will_look_ = true;
    }
    run_commands();
    const found it_found = run_marked();
    if (clock::now() >= next_)
      run_timed();
    next_look = end_round(it_found);
  }
}

void poller::run_commands() {
  {
    std::lock_guard<std::mutex> guard(mutex_);
    running_.swap(commands_);
  }
  for (const auto& command : running_)
    command();
  running_.clear();
}

poller::found poller::run_marked() {
  found it_found;
  {
    std::lock_guard<std::mutex> guard(mutex_);
    looking_.swap(marked_);
    it_found.arrivals = std::exchange(arrived_, false);
  }
  for (std::shared_ptr<pollable>& each : looking_) {
    // Cleared first: what comes during the turn marks it again.
    each->marked_.store(false);
    if (each->turn()) {
      // An arrival may have marked it already, and woken nobody.
      it_found.more = true;
      mark(std::move(each));
    }
  }
  looking_.clear();
  return it_found;
}

/// When to look next without having been woken: at what is left of this round,
/// or what comes within the time to gather.
poller::clock::time_point poller::end_round(const found& it_found) {
  const clock::time_point now = clock::now();
  const bool rush = it_found.arrivals && now < rush_until_;
  if (it_found.arrivals)
    rush_until_ = now + 2 * gather_;
  std::lock_guard<std::mutex> guard(mutex_);
  const bool at_once = it_found.more || (!rush && !marked_.empty());
  will_look_ = rush || at_once;
  if (at_once)
    return now;
  return rush ? now + gather_ : clock::time_point::max();
}

void poller::run_timed() {
  next_ = clock::time_point::max();
  const clock::time_point now = clock::now();
  // A tick may add or remove.
  const std::vector<std::shared_ptr<timed>> all = timed_;
  for (const auto& each : all)
    due(each->tick(now));
}

}  // namespace wskafka::kafka
