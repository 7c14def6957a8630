#pragma once

#include <caf/policy/work_sharing.hpp>
#include <caf/resumable.hpp>

#include <mutex>

namespace wskafka {

/// CAF's work sharing, with fewer wake-ups. When a worker's actor sends to an
/// idle actor, work sharing wakes a second worker for it, while the first one
/// is about to be free: waking costs more than most of our handlers. Here one
/// such job waits for its own worker, which takes it as soon as the sender's
/// turn ends (`scheduler.max-throughput` bounds that); others are woken when
/// there is more than one job, and by what comes from other threads. So a
/// handler must never wait for another actor, which none may do anyway.
class frugal_sharing : public caf::policy::work_sharing {
 public:
  /// From another thread, which is to be joined before the actor system goes.
  /// The worker is woken when it can have the lock.
  template <class Coordinator>
  void central_enqueue(Coordinator* self, caf::resumable* job) {
    queue_type one{job};
    auto& shared = d(self);
    {
      std::lock_guard<std::mutex> guard(shared.lock);
      shared.queue.splice(shared.queue.end(), one);
    }
    shared.cv.notify_one();
  }

  template <class Worker>
  void external_enqueue(Worker* self, caf::resumable* job) {
    central_enqueue(self->parent(), job);
  }

  /// From a worker's own thread, in the middle of an actor's turn.
  template <class Worker>
  void internal_enqueue(Worker* self, caf::resumable* job) {
    queue_type one{job};
    auto& shared = d(self->parent());
    std::lock_guard<std::mutex> guard(shared.lock);
    shared.queue.splice(shared.queue.end(), one);
    if (shared.queue.size() > 1)
      shared.cv.notify_one();
  }

  /// The turn has ended, its actor has more to do: behind the others.
  template <class Worker>
  void resume_job_later(Worker* self, caf::resumable* job) {
    internal_enqueue(self, job);
  }

  template <class Worker>
  caf::resumable* dequeue(Worker* self) {
    auto& shared = d(self->parent());
    std::unique_lock<std::mutex> guard(shared.lock);
    shared.cv.wait(guard, [&] { return !shared.queue.empty(); });
    caf::resumable* job = shared.queue.front();
    shared.queue.pop_front();
    // Whoever was woken for one of these may have taken another.
    if (!shared.queue.empty())
      shared.cv.notify_one();
    return job;
  }
};

}  // namespace wskafka
