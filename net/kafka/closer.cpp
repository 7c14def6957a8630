#include "net/kafka/closer.hpp"

#include <algorithm>
#include <utility>

namespace wskafka::kafka {
namespace {

/// How often a close that is under way is looked at: its end makes no event.
constexpr std::chrono::milliseconds look{5};

}  // namespace

struct closer::leaver {
  explicit leaver(closing consumer) : of(std::move(consumer)) {}

  closing of;
  std::unique_ptr<queue_reader> events;
  /// Set by the reaper when the client is gone.
  std::shared_ptr<std::atomic<bool>> gone;
};

closer::closer(std::shared_ptr<broker_watch> watch)
    : watch_(std::move(watch)),
      wake_(std::make_shared<wake_signal>()),
      thread_([this] { run(); }) {}

closer::~closer() {
  stop(clock::now());
}

void closer::take(closing one) {
  {
    std::lock_guard<std::mutex> guard(mutex_);
    taken_.push_back(std::move(one));
  }
  wake_->set();
}

bool closer::stop(clock::time_point deadline) {
  if (!thread_.joinable())
    return !gave_up_;
  {
    std::lock_guard<std::mutex> guard(mutex_);
    stopping_ = true;
    latest_ = deadline;
  }
  wake_->set();
  thread_.join();
  return !gave_up_;
}

void closer::run() {
  for (;;) {
    clock::time_point latest;
    {
      std::lock_guard<std::mutex> guard(mutex_);
      for (closing& one : taken_)
        leaving_.push_back(std::make_unique<leaver>(std::move(one)));
      taken_.clear();
      latest = latest_;
      stopping_now_ = stopping_;
    }
    for (auto& one : leaving_) {
      one->of.deadline = std::min(one->of.deadline, latest);
      if (step(*one, clock::now()))
        one.reset();
    }
    leaving_.erase(std::remove(leaving_.begin(), leaving_.end(), nullptr),
                   leaving_.end());
    if (leaving_.empty() && stopping_now_)
      return;
    wake_->wait_until(leaving_.empty() ? clock::time_point::max()
                                       : clock::now() + look);
  }
}

/// True when it has ended.
bool closer::step(leaver& one, clock::time_point now) {
  const bool late = now >= one.of.deadline;
  if (!one.of.client && !one.gone) {
    end(one, false);
    return true;
  }
  if (one.gone) {
    if (!*one.gone && !late)
      return false;
    end(one, !*one.gone);
    return true;
  }
  if (one.events) {
    serve(one);
    if (rd_kafka_consumer_closed(one.of.client->get()) != 0)
      let_go(one);
    else if (late)
      end(one, true);
    return late && !one.gone;
  }
  if (!one.of.joined) {
    let_go(one);
  } else if (late || !watch_->up()) {
    end(one, true);
    return true;
  } else if (one.of.client.use_count() == 1) {
    // Nobody is in a call on it any more.
    begin(one);
  }
  return false;
}

void closer::begin(leaver& one) {
  rd_kafka_t* client = one.of.client->get();
  one.events = std::make_unique<queue_reader>(
      queue_handle(rd_kafka_queue_get_consumer(client)),
      [wake = wake_] { wake->set(); });
  const error_handle error(
      rd_kafka_consumer_close_queue(client, one.events->get()));
  if (error)
    let_go(one);
}

void closer::serve(leaver& one) {
  while (const event_handle event = one.events->next()) {
    // The partitions were given up before: nothing is left to commit.
    if (rd_kafka_event_type(event.get()) == RD_KAFKA_EVENT_REBALANCE)
      rd_kafka_assign(one.of.client->get(), nullptr);
    else if (rd_kafka_event_type(event.get()) == RD_KAFKA_EVENT_LOG)
      watch_->log(event.get());
  }
}

void closer::let_go(leaver& one) {
  one.gone = std::make_shared<std::atomic<bool>>(false);
  one.events.reset();
  one.of.client->when_gone([gone = one.gone, wake = wake_] {
    *gone = true;
    wake->set();
  });
  one.of.client.reset();
}

void closer::end(leaver& one, bool given_up) {
  // Before the stop it is the group's to tell.
  if (given_up && stopping_now_)
    gave_up_ = true;
  one.events.reset();
  one.of.client.reset();
  one.of.ended(given_up);
}

}  // namespace wskafka::kafka
