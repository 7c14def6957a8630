#include "net/ws/deadline_wheel.hpp"

#include <algorithm>

namespace wskafka::ws {

void deadline::unlink() {
  if (!at_)
    return;
  *at_ = next_;
  if (next_)
    next_->at_ = at_;
  next_ = nullptr;
  at_ = nullptr;
}

std::uint64_t deadline_wheel::passed(clock::time_point now) const {
  if (now <= start_)
    return 0;
  return static_cast<std::uint64_t>((now - start_) / clock::duration(tick));
}

clock::time_point deadline_wheel::hasten(deadline& d, clock::time_point when) {
  // Never in a slot that `advance` is done with, nor a whole turn ahead.
  const std::uint64_t first = current_ + 1;
  const std::uint64_t last = current_ + slots - 1;
  std::uint64_t t = last;
  if (when < time_of(last))
    t = std::max(first, passed(when - clock::duration(1)) + 1);
  if (d.at_ && d.tick_ <= t)
    return time_of(d.tick_);
  d.unlink();
  d.tick_ = t;
  deadline*& slot = slots_[t % slots];
  d.next_ = slot;
  d.at_ = &slot;
  if (slot)
    slot->at_ = &d.next_;
  slot = &d;
  return time_of(t);
}

std::optional<clock::time_point> deadline_wheel::next() const {
  for (std::uint64_t t = current_ + 1; t < current_ + slots; ++t) {
    if (slots_[t % slots])
      return time_of(t);
  }
  return std::nullopt;
}

}  // namespace wskafka::ws
