#include "net/ledger.hpp"

#include <algorithm>

namespace wskafka::net {

std::shared_ptr<account> ledger::open() {
  return std::make_shared<account>(*this);
}

bool ledger::pressed(direction way) const {
  return held(way) > bounds(way).process / 10 * 9;
}

void account::charge(direction way, std::size_t bytes) {
  book_.side(way).held.fetch_add(bytes, std::memory_order_relaxed);
  charge_share(way, bytes);
}

void account::charge_share(direction way, std::size_t bytes) {
  (way == direction::in ? in_ : out_).fetch_add(bytes);
}

void account::release(direction way, std::size_t bytes) {
  book_.side(way).held.fetch_sub(bytes, std::memory_order_relaxed);
  release_share(way, bytes);
}

void account::release_share(direction way, std::size_t bytes) {
  (way == direction::in ? in_ : out_).fetch_sub(bytes);
  if (way == direction::in) {
    open_if_low(gate::read_in);
  } else {
    open_if_low(gate::read_out);
    open_if_low(gate::deliver);
  }
}

std::size_t account::mark(direction way) const {
  const budget& bounds = book_.bounds(way);
  const std::size_t used = book_.held(way);
  const std::size_t free = bounds.process > used ? bounds.process - used : 0;
  return std::max(bounds.frame, std::min(bounds.connection, free / 16));
}

std::size_t account::delivery_credit() const {
  const std::size_t limit = mark(direction::out) / 2;
  const std::size_t used = held(direction::out);
  return limit > used ? limit - used : 0;
}

void account::on_low(gate g, std::function<void()> hook) {
  std::lock_guard<std::mutex> guard(hooks_mutex_);
  at(g).hook = std::move(hook);
}

bool account::wait_low(gate g) {
  // Armed before it is looked at: a release that comes between the two either
  // sees the flag or has already made the account low. Sequentially consistent
  // on both sides, so no wake-up is lost.
  const bool others_wait = at(g).armed.exchange(true);
  if (!low(g))
    return true;
  // Theirs to keep: this account's next release that finds it low runs the
  // hook.
  if (others_wait)
    return false;
  // Whoever takes the flag back goes on; a releaser that took it runs the hook.
  return !at(g).armed.exchange(false);
}

bool account::awaited(gate g) const {
  return at(g).armed.load(std::memory_order_relaxed);
}

bool account::low(gate g) const {
  switch (g) {
    case gate::read_in:
      return held(direction::in) <= mark(direction::in) / 2;
    case gate::read_out:
      return held(direction::out) <= mark(direction::out) / 2;
    case gate::deliver:
      return held(direction::out) <= mark(direction::out) / 4;
  }
  return true;
}

void account::open_if_low(gate g) {
  if (!at(g).armed.load() || !low(g) || !at(g).armed.exchange(false))
    return;
  std::lock_guard<std::mutex> guard(hooks_mutex_);
  if (at(g).hook)
    at(g).hook();
}

shared_charge::shared_charge(ledger& book, direction way, std::size_t bytes)
    : book_(book), way_(way), bytes_(bytes) {
  book_.side(way_).held.fetch_add(bytes_, std::memory_order_relaxed);
}

shared_charge::shared_charge(shared_charge&& other) noexcept
    : book_(other.book_),
      way_(other.way_),
      bytes_(std::exchange(other.bytes_, 0)) {}

shared_charge::~shared_charge() {
  book_.side(way_).held.fetch_sub(bytes_, std::memory_order_relaxed);
}

void charge::merge(charge&& other) {
  if (!other.account_)
    return;
  if (!account_) {
    swap(other);
    return;
  }
  bytes_ += std::exchange(other.bytes_, 0);
  other.account_.reset();
}

}  // namespace wskafka::net
