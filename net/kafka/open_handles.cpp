#include "net/kafka/open_handles.hpp"

namespace wskafka::kafka {

void open_handles::close_all(clock::time_point deadline) {
  std::map<std::uint64_t, closing> open;
  {
    std::lock_guard<std::mutex> guard(mutex_);
    closed_ = true;
    open = open_;
  }
  for (const auto& [number, close] : open)
    close(deadline);
}

bool open_handles::wait_until(clock::time_point until) {
  std::unique_lock<std::mutex> guard(mutex_);
  return changed_.wait_until(guard, until, [this] { return open_.empty(); });
}

void open_handles::remove(std::uint64_t number) {
  // Goes after the lock: the last handle to a thing may destroy it.
  std::map<std::uint64_t, closing>::node_type gone;
  std::lock_guard<std::mutex> guard(mutex_);
  gone = open_.extract(number);
  changed_.notify_all();
}

}  // namespace wskafka::kafka
