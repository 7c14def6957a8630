#include "net/kafka/history_pool.hpp"

#include "net/kafka/error.hpp"

#include <algorithm>
#include <utility>

namespace wskafka::kafka {
namespace {

using std::chrono::milliseconds;

/// How long a read keeps a handle while others wait.
constexpr milliseconds slice{250};

/// How often that is looked at.
constexpr milliseconds look{10};

/// How long a handle is kept that nobody needs, and what its end may take.
constexpr milliseconds linger{30'000};
constexpr milliseconds patience{10'000};

}  // namespace

history_pool::history_pool(history_surroundings around, bounds most,
                           std::function<void()> ended)
    : around_(std::move(around)), most_(most), ended_(std::move(ended)) {}

result<std::shared_ptr<history_read>> history_pool::begin(
    std::vector<position> from, std::shared_ptr<history_listener> events,
    std::shared_ptr<net::account> payer) {
  if (reads_.fetch_add(1) >= most_.reads) {
    --reads_;
    return {std::nullopt,
            own_failure("LIMIT_REACHED",
                        "cannot read the past of topic \"" +
                            from.front().at.topic + "\": history_queue (" +
                            std::to_string(most_.reads) + ") is full.")};
  }
  const auto job = std::make_shared<history_job>(
      from, std::move(events), payer, [weak = weak_from_this()] {
        if (const auto self = weak.lock()) {
          --self->reads_;
          self->around_.by->post([self] { self->drop_ended(); });
        }
      });
  payer->on_low(net::gate::deliver, [weak = weak_from_this()] {
    if (auto self = weak.lock()) {
      poller& by = *self->around_.by;
      by.mark(std::move(self));
    }
  });
  around_.by->post([self = shared_from_this(), job] { self->take(job); });
  return {std::shared_ptr<history_read>(job), {}};
}

void history_pool::take(job_ptr job) {
  if (closing_)
    return;
  if (!std::exchange(ticking_, true))
    around_.by->add(shared_from_this());
  waiting_.push_back(std::move(job));
  place();
}

void history_pool::drop_ended() {
  const auto ended = [](const job_ptr& job) { return job->ended(); };
  waiting_.erase(std::remove_if(waiting_.begin(), waiting_.end(), ended),
                 waiting_.end());
  parked_.erase(std::remove_if(parked_.begin(), parked_.end(), ended),
                parked_.end());
  for (const auto& handle : handles_)
    if (handle->job() && handle->job()->ended())
      handle->release();
  place();
}

bool history_pool::turn() {
  unpark();
  for (const auto& handle : handles_)
    handle->go_on();
  place();
  return false;
}

/// Those with credit wait for a handle again.
void history_pool::unpark() {
  for (job_ptr& job : std::exchange(parked_, {}))
    park_or_queue(std::move(job));
}

void history_pool::park_or_queue(job_ptr job) {
  const bool parked = job->payer->delivery_credit() == 0 &&
                      job->payer->wait_low(net::gate::deliver);
  if (parked)
    parked_.push_back(std::move(job));
  else
    waiting_.push_back(std::move(job));
}

void history_pool::place() {
  const clock::time_point now = clock::now();
  while (!closing_ && !waiting_.empty()) {
    const auto handle = free_handle(now);
    if (!handle)
      break;
    const job_ptr next = waiting_.front();
    waiting_.pop_front();
    if (handle->job())
      park_or_queue(handle->release());
    handle->serve(next);
  }
  around_.by->due(now + (waiting_.empty() ? linger : look));
}

/// One that nobody has, or that is to be taken from who has it; null: none.
std::shared_ptr<history_handle> history_pool::free_handle(
    clock::time_point now) {
  for (const auto& handle : handles_)
    if (!handle->job())
      return handle;
  if (handles_.size() < most_.handles)
    if (auto made = make_handle())
      return made;
  for (const auto& handle : handles_)
    if (handle->stalled() || now - handle->since() >= slice)
      return handle;
  return nullptr;
}

/// Who waits is told when it cannot be made, unless another handle will do.
std::shared_ptr<history_handle> history_pool::make_handle() {
  auto made = around_.make_client();
  if (!made) {
    if (handles_.empty())
      for (const job_ptr& job : std::exchange(waiting_, {}))
        job->tell(history_failed{0, made.error, false, true});
    return nullptr;
  }
  ++open_;
  handles_.push_back(std::make_shared<history_handle>(around_, *made.value));
  return handles_.back();
}

history_pool::clock::time_point history_pool::tick(clock::time_point now) {
  place();
  end_idle(now);
  if (handles_.empty() && waiting_.empty()) {
    // With nothing to do it is not ticked.
    return clock::time_point::max();
  }
  clock::time_point next = now + (waiting_.empty() ? linger : look);
  for (const auto& handle : handles_) {
    next = std::min(next, handle->tick(now));
    if (!handle->job())
      next = std::min(next, handle->since() + linger);
  }
  return next;
}

void history_pool::end_idle(clock::time_point now) {
  for (auto each = handles_.begin(); each != handles_.end();) {
    if ((*each)->job() || now - (*each)->since() < linger) {
      ++each;
      continue;
    }
    (*each)->close(now + patience,
                   [self = shared_from_this()] { self->let_go(); });
    each = handles_.erase(each);
  }
}

void history_pool::let_go() {
  if (--open_ == 0)
    ended_();
}

void history_pool::close(clock::time_point deadline) {
  around_.by->post(
      [self = shared_from_this(), deadline] { self->do_close(deadline); });
}

void history_pool::do_close(clock::time_point deadline) {
  if (std::exchange(closing_, true))
    return;
  waiting_.clear();
  parked_.clear();
  for (const auto& handle : handles_)
    handle->close(deadline, [self = shared_from_this()] { self->let_go(); });
  handles_.clear();
  around_.by->remove(this);
  around_.leavers.take({nullptr, deadline, false,
                        [self = shared_from_this()](bool) { self->let_go(); }});
}

}  // namespace wskafka::kafka
