#include "net/kafka/prefetch_budget.hpp"

#include <chrono>

namespace wskafka::kafka {
namespace {

constexpr consumer_shape large{1024, 10'000, 256 * 1024, 10};
constexpr consumer_shape small{128, 1000, 128 * 1024, 10};

/// From here on an idle handle's fetches are rarer: each costs the processor.
constexpr std::size_t many_handles = 20;
constexpr int rare_fetch_ms = 100;

}  // namespace

std::size_t prefetch_budget::cost(const consumer_shape& shape,
                                  std::size_t partitions) {
  const int one = 4 * shape.queue_kbytes * 1024 + shape.fetch_bytes;
  return static_cast<std::size_t>(one) * partitions;
}

consumer_shape prefetch_budget::next_shape() const {
  const std::size_t with_large = used_ + cost(large, expected_partitions);
  consumer_shape shape =
      with_large <= options_.prefetch_budget / 4 ? large : small;
  if (options_.fetch_max_bytes)
    shape.fetch_bytes = *options_.fetch_max_bytes;
  if (options_.fetch_max_wait)
    shape.fetch_wait_ms = static_cast<int>(options_.fetch_max_wait->count());
  else if (handles_ >= many_handles)
    shape.fetch_wait_ms = rare_fetch_ms;
  return shape;
}

std::unique_ptr<prefetch_budget::share> prefetch_budget::take() {
  consumer_shape shape;
  {
    std::lock_guard<std::mutex> guard(mutex_);
    shape = next_shape();
    if (used_ + cost(shape, expected_partitions) > options_.prefetch_budget)
      return nullptr;
    ++handles_;
    used_ += cost(shape, expected_partitions);
  }
  return std::make_unique<share>(shared_from_this(), shape,
                                 expected_partitions);
}

std::size_t prefetch_budget::used() const {
  std::lock_guard<std::mutex> guard(mutex_);
  return used_;
}

prefetch_budget::share::share(std::shared_ptr<prefetch_budget> from,
                              consumer_shape shape, std::size_t partitions)
    : from_(std::move(from)), shape_(shape), bytes_(cost(shape, partitions)) {}

prefetch_budget::share::~share() {
  std::lock_guard<std::mutex> guard(from_->mutex_);
  from_->used_ -= bytes_;
  --from_->handles_;
}

void prefetch_budget::share::resize(std::size_t partitions) {
  std::lock_guard<std::mutex> guard(from_->mutex_);
  from_->used_ -= bytes_;
  bytes_ = cost(shape_, partitions);
  from_->used_ += bytes_;
}

bool prefetch_budget::share::fits(std::size_t partitions) const {
  std::lock_guard<std::mutex> guard(from_->mutex_);
  return from_->used_ - bytes_ + cost(shape_, partitions) <=
         from_->options_.prefetch_budget;
}

}  // namespace wskafka::kafka
