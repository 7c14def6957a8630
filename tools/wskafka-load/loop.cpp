#include "tools/wskafka-load/loop.hpp"

#include "tools/wskafka-load/client.hpp"
#include "tools/wskafka-load/clock.hpp"
#include "tools/wskafka-load/publisher.hpp"

#include <algorithm>
#include <array>
#include <csignal>
#include <limits>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <utility>

namespace wskafka::load {
namespace {

constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t longest_wait = 1'000'000'000;
/// How long after the end what was due before it may still go out.
constexpr std::int64_t grace = 2'000'000'000;
constexpr std::size_t read_size = 256U << 10U;
constexpr std::size_t opening_at_once = 64;
/// Bursts between two looks at the sockets.
constexpr int bursts_at_once = 64;

std::int64_t thread_cpu(clockid_t clock) {
  timespec used{};
  clock_gettime(clock, &used);
  return std::int64_t{used.tv_sec} * 1'000'000'000 + used.tv_nsec;
}

}  // namespace

loop::loop(context& shared, std::size_t index)
    : shared_(shared),
      index_(index),
      poll_(epoll_create1(EPOLL_CLOEXEC)),
      buffer_(read_size),
      random_(static_cast<std::uint32_t>(shared.asked.seed * 7919 + index)) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.ptr = nullptr;
  epoll_ctl(poll_.get(), EPOLL_CTL_ADD, wake_.fd(), &event);
}

loop::~loop() {
  stop();
}

void loop::add(std::unique_ptr<client> one) {
  clients_.push_back(std::move(one));
}

void loop::add_publisher(std::unique_ptr<publisher> one) {
  publishers_.push_back(one.get());
  by_id_[one->id()] = one.get();
  add(std::move(one));
}

void loop::start() {
  thread_ = std::thread([this] { run(); });
}

void loop::post(std::function<void()> task) {
  {
    const std::lock_guard lock(tasks_guard_);
    tasks_.push_back(std::move(task));
  }
  wake_.notify();
}

void loop::open_all() {
  post([this] {
    opening_ = true;
    const auto threads = static_cast<double>(shared_.asked.threads);
    const double rate = shared_.asked.connect_rate;
    if (rate > 0)
      open_schedule_.emplace(
          now_ns() + from_seconds(static_cast<double>(index_) / rate),
          rate / threads, arrivals::even, 0);
  });
}

void loop::begin(const window& when) {
  post([this, when] {
    when_ = when;
    if (publishers_.empty())
      return;
    const options& asked = shared_.asked;
    // Each publisher gets the same share, whichever thread it is on.
    const double bursts =
        asked.rate / static_cast<double>(asked.frames_per_write);
    const double share = static_cast<double>(publishers_.size()) /
                         static_cast<double>(asked.connections);
    if (!asked.closed_loop)
      send_schedule_.emplace(
          when.start + from_seconds(static_cast<double>(index_) / bursts),
          bursts * share, asked.arrival, asked.seed + index_);
    counters_.generating = true;
  });
}

void loop::stop_at(std::int64_t end) {
  post([this, end] {
    finish_generating();
    when_.to = end;
  });
}

void loop::fence() {
  post([this] {
    for (publisher* one : publishers_)
      one->fence();
  });
}

void loop::close_all(bool drop) {
  post([this, drop] {
    to_open_ = clients_.size();
    for (const auto& one : clients_) {
      if (one->link().phase() == connection::state::idle)
        continue;
      if (drop)
        one->link().drop();
      else
        one->link().close();
    }
  });
}

void loop::give_up_opening() {
  post([this] {
    to_open_ = clients_.size();
    using state = connection::state;
    for (const auto& one : clients_)
      if (const state at = one->link().phase();
          at == state::connecting || at == state::upgrading)
        one->link().give_up("the server did not answer the handshake in time");
  });
}

void loop::stop() {
  if (!thread_.joinable())
    return;
  post([this] { stopping_ = true; });
  thread_.join();
}

interval loop::take() {
  const std::lock_guard lock(work_guard_);
  return std::exchange(seen_, interval());
}

std::map<std::string, std::uint64_t> loop::problems() const {
  const std::lock_guard lock(problems_guard_);
  return problems_;
}

std::int64_t loop::cpu_ns() const {
  if (final_cpu_ >= 0)
    return final_cpu_;
  clockid_t clock{};
  // Constness of the thread is none of pthread's business.
  if (pthread_getcpuclockid(const_cast<std::thread&>(thread_).native_handle(),
                            &clock) != 0)
    return 0;
  return thread_cpu(clock);
}

void loop::problem(const std::string& what) {
  constexpr std::size_t most = 100;
  const std::lock_guard lock(problems_guard_);
  const bool known = problems_.count(what) > 0 || problems_.size() < most;
  ++problems_[known ? what : "other failures"];
}

void loop::complete(std::uint32_t id) {
  loop* const owner = shared_.owner[id];
  if (owner == this) {
    by_id_[id]->completed();
    return;
  }
  const std::lock_guard lock(owner->tasks_guard_);
  owner->completions_.push_back(id);
  owner->wake_.notify();
}

void loop::run() {
  prctl(PR_SET_TIMERSLACK, 1000UL);
  while (!stopping_) {
    const std::int64_t until = work();
    wait(until);
    run_tasks();
  }
  final_cpu_ = thread_cpu(CLOCK_THREAD_CPUTIME_ID);
}

void loop::run_tasks() {
  std::vector<std::function<void()>> tasks;
  std::vector<std::uint32_t> completions;
  {
    const std::lock_guard lock(tasks_guard_);
    tasks.swap(tasks_);
    completions.swap(completions_);
  }
  const std::lock_guard lock(work_guard_);
  for (const auto& task : tasks)
    task();
  for (const std::uint32_t id : completions)
    by_id_[id]->completed();
}

std::int64_t loop::work() {
  const std::lock_guard lock(work_guard_);
  const std::int64_t now = now_ns();
  return std::min(open_more(now), generating() ? generate(now) : never);
}

void loop::wait(std::int64_t until) {
  std::array<epoll_event, 256> events{};
  const std::int64_t left =
      std::clamp<std::int64_t>(until - now_ns(), 0, longest_wait);
  timespec time{};
  time.tv_sec = left / 1'000'000'000;
  time.tv_nsec = left % 1'000'000'000;
  const int count =
      epoll_pwait2(poll_.get(), events.data(), events.size(), &time, nullptr);
  const std::lock_guard lock(work_guard_);
  for (int i = 0; i < count; ++i) {
    const epoll_event& event = events[static_cast<std::size_t>(i)];
    if (event.data.ptr == nullptr)
      wake_.clear();
    else
      static_cast<connection*>(event.data.ptr)->handle(event.events, buffer_);
  }
}

std::int64_t loop::open_more(std::int64_t now) {
  if (!opening_)
    return never;
  while (to_open_ < clients_.size()) {
    if (open_schedule_) {
      const std::int64_t due = open_schedule_->next();
      if (due > now)
        return due;
      open_schedule_->advance();
      ++counters_.started;
      clients_[to_open_++]->open(poll_.get(), due);
      continue;
    }
    // Those that are done wake the loop.
    if (to_open_ >= counters_.opened + counters_.open_failed + opening_at_once)
      return never;
    ++counters_.started;
    clients_[to_open_++]->open(poll_.get(), now_ns());
  }
  return never;
}

std::int64_t loop::generate(std::int64_t now) {
  if (!send_schedule_) {
    if (now >= when_.to) {
      finish_generating();
      return never;
    }
    if (now < when_.start)
      return when_.start;
    bool busy = false;
    for (publisher* one : publishers_) {
      if (!one->free())
        continue;
      one->burst();
      busy = busy || one->free();
    }
    return busy ? now : when_.to;
  }
  schedule& plan = *send_schedule_;
  for (int i = 0; i < bursts_at_once; ++i) {
    const std::int64_t due = plan.next();
    if (due >= when_.to)
      break;
    if (due > now)
      return due;
    plan.advance();
    publishers_[turn_]->due(due);
    turn_ = (turn_ + 1) % publishers_.size();
  }
  const bool late = now >= when_.to + grace;
  if (plan.next() < when_.to && !late)
    return now;
  const bool owing =
      std::any_of(publishers_.begin(), publishers_.end(),
                  [](const publisher* one) { return one->owes(); });
  // A socket that takes bytes again wakes the loop.
  if (owing && !late)
    return when_.to + grace;
  finish_generating();
  return never;
}

void loop::finish_generating() {
  if (!generating())
    return;
  for (publisher* one : publishers_)
    one->give_up_owed();
  if (send_schedule_)
    for (; send_schedule_->next() < std::min(when_.to, now_ns());
         send_schedule_->advance())
      counters_.unsent += shared_.asked.frames_per_write;
  counters_.generating = false;
  shared_.main.notify();
}

}  // namespace wskafka::load
