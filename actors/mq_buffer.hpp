#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace wskafka {

/// The seed's mq buffer: what waits until it holds `limit` messages or until
/// `interval` has passed since the first one entered. One class serves the
/// connection (deliveries) and the broadcast; what is published waits in
/// `publish_buffers`.
///
/// It owns no timer. Its actor sends itself a delayed message with the current
/// `generation` when `add` says `arm`, and asks `due` when that arrives: a
/// buffer that was flushed meanwhile has another generation, so late ticks are
/// harmless and nothing is ever cancelled. Used by one actor, not thread-safe.
///
/// `T::messages()` tells how many messages an item counts for.
template <class T>
class mq_buffer {
 public:
  /// What the actor does after `add`.
  enum class next { wait, arm, flush };

  /// Without an interval every `add` says `flush`.
  mq_buffer(std::size_t limit,
            std::optional<std::chrono::milliseconds> interval)
      : limit_(limit), interval_(interval) {}

  /// Other triggers from the next item on.
  void set(std::size_t limit,
           std::optional<std::chrono::milliseconds> interval) {
    limit_ = limit;
    interval_ = interval;
  }

  next add(T item) {
    const bool first = items_.empty();
    messages_ += item.messages();
    items_.push_back(std::move(item));
    if (!interval_ || messages_ >= limit_)
      return next::flush;
    return first ? next::arm : next::wait;
  }

  /// Whether a tick that was armed at `generation` is to flush now.
  bool due(std::uint64_t generation) const {
    return generation == generation_ && !items_.empty();
  }

  /// Everything in it, in order; empty afterwards, with a new generation.
  std::vector<T> take() {
    ++generation_;
    messages_ = 0;
    return std::exchange(items_, {});
  }

  /// Drops the items that `gone` says yes to.
  template <class Predicate>
  void drop_if(Predicate gone) {
    items_.erase(std::remove_if(items_.begin(), items_.end(), gone),
                 items_.end());
    messages_ = 0;
    for (const T& item : items_)
      messages_ += item.messages();
  }

  bool empty() const { return items_.empty(); }
  std::size_t messages() const { return messages_; }
  std::size_t limit() const { return limit_; }
  /// What the items hold, each asked for its `bytes()`.
  std::size_t bytes() const {
    std::size_t sum = 0;
    for (const T& item : items_)
      sum += item.bytes();
    return sum;
  }
  std::uint64_t generation() const { return generation_; }
  const std::optional<std::chrono::milliseconds>& interval() const {
    return interval_;
  }

 private:
  std::size_t limit_;
  std::optional<std::chrono::milliseconds> interval_;
  std::vector<T> items_;
  std::size_t messages_ = 0;
  std::uint64_t generation_ = 0;
};

}  // namespace wskafka
