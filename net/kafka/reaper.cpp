#include "net/kafka/reaper.hpp"

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

namespace wskafka::kafka {

struct reaper::state {
  std::mutex mutex;
  std::condition_variable changed;
  std::size_t running = 0;
};

reaper::reaper() : state_(std::make_shared<state>()) {}

void reaper::destroy(client_handle client, std::function<void()> after,
                     int flags) const {
  {
    std::lock_guard<std::mutex> guard(state_->mutex);
    ++state_->running;
  }
  const auto work = [shared = state_, raw = client.release(), flags,
                     after = std::move(after)] {
    rd_kafka_destroy_flags(raw, flags);
    if (after)
      after();
    std::lock_guard<std::mutex> guard(shared->mutex);
    --shared->running;
    shared->changed.notify_all();
  };
  try {
    std::thread(work).detach();
  } catch (const std::system_error&) {
    // No thread to be had: then it is done here, however long it takes.
    work();
  }
}

std::shared_ptr<rd_kafka_t> reaper::share(client_handle client) const {
  return {client.release(), [self = *this](rd_kafka_t* raw) {
            self.destroy(client_handle(raw));
          }};
}

bool reaper::wait(std::chrono::steady_clock::time_point deadline) const {
  std::unique_lock<std::mutex> guard(state_->mutex);
  return state_->changed.wait_until(guard, deadline,
                                    [this] { return state_->running == 0; });
}

}  // namespace wskafka::kafka
