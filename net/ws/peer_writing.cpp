#include "net/ws/peer.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace wskafka::ws {
namespace {

using std::chrono::milliseconds;

/// How long a peer may take no byte while the process's budget is pressed.
constexpr milliseconds pressed_slow_timeout{5000};

}  // namespace

void peer::send(text&& item) {
  if (ending()) {
    host_.numbers().undeliverable.add();
    return;
  }
  if (item.payload.empty()) {
    mark(item);
    return;
  }
  if (!next_.joins(item.payload.size()))
    write(host_.now());
  if (item.confirm != 0)
    slot_.sent(item.confirm, host_.now());
  host_.numbers().frames_out.add();
  host_.numbers().bytes_out.add(item.payload.size());
  ++next_.texts;
  if (item.tell_written) {
    ++next_.tells;
    ++tells_;
  }
  next_.add(item.binary ? opcode::binary : opcode::text,
            std::move(item.payload));
  next_.held.merge(std::move(item.held));
  later();
}

std::size_t peer::room() const {
  return account_->held(net::direction::out) > 0
             ? account_->delivery_credit()
             : std::numeric_limits<std::size_t>::max();
}

void peer::send_shared(const shared_frame_ptr& frame, bool more) {
  const std::size_t size = frame->size();
  host_.numbers().frames_out.add();
  host_.numbers().bytes_out.add(size);
  // Most of a fan-out goes this way: nothing is queued, charged or visited
  // again.
  const std::size_t taken = more || writing() ? 0 : wire_.write_now(*frame);
  if (taken == size)
    return;
  const clock::time_point now = host_.now();
  // What was sent before goes first.
  write(now);
  write_begins(now);
  account_->charge_share(net::direction::out, size);
  ++shared_;
  try {
    if (!wire_.write(frame, taken))
      host_.numbers().undeliverable.add();
  } catch (...) {
    if (taken > 0)
      break_off(now);
    throw;
  }
  later();
}

/// Half a frame has left, and the rest cannot follow: nothing may.
void peer::break_off(clock::time_point now) {
  end_ = close_reason::internal;
  drop_at_ = now;
  host_.wake_at(*this, now);
}

void peer::tell_shared_written() {
  (shared_ > 0 ? tell_shared_ : told_) = true;
  later();
}

void peer::tell_place(stands_aside told) {
  const bool behind = told.behind;
  host_.emit(std::move(told));
  if (behind)
    tell_shared_written();
}

/// No frame of its own: it speaks of what was sent before.
void peer::mark(const text& item) {
  if (item.confirm != 0)
    slot_.sent(item.confirm, host_.now());
  if (item.tell_written) {
    if (next_.empty()) {
      told_ = true;
    } else {
      ++next_.tells;
      ++tells_;
    }
  }
  later();
}

void peer::confirm() {
  if (ending() || !slot_.uncovered())
    return;
  confirm_asked_ = true;
  later();
}

void peer::later() {
  if (!std::exchange(flushing_, true))
    host_.flush_later(*this);
}

void peer::flush() {
  flushing_ = false;
  if (gone_)
    return;
  if (std::exchange(told_, false) && tells_ == 0)
    host_.emit(written{ref_});
  if (ending())
    return;
  answer_late_ping();
  const clock::time_point now = host_.now();
  add_pings(now);
  write(now);
  wire_.flush();
  schedule(now);
}

void peer::write(clock::time_point now) {
  if (next_.empty())
    return;
  write_begins(now);
  frame_batch batch = std::exchange(next_, frame_batch());
  const std::uint32_t texts = batch.texts;
  if (!wire_.write(std::move(batch)))
    host_.numbers().undeliverable.add(texts);
}

void peer::write_begins(clock::time_point now) {
  if (queued_++ > 0)
    return;
  write_since_ = now;
  moved_.reset();
  taken_ = 0;
  next_look_ = now + look_interval();
}

void peer::released(const frame_batch& batch) {
  pongs_ -= batch.pongs;
  tells_ -= batch.tells;
  told_ = told_ || (batch.tells > 0 && tells_ == 0);
  write_ended();
}

void peer::share_released(std::size_t bytes) {
  account_->release_share(net::direction::out, bytes);
  if (--shared_ == 0 && std::exchange(tell_shared_, false))
    told_ = true;
  write_ended();
}

void peer::write_ended() {
  --queued_;
  if (!gone_ && (told_ || late_ping_))
    later();
  if (outward_held_ && !gone_ && !writing())
    host_.resumer (*this)();
}

clock::duration peer::slow_timeout() const {
  if (impatient_ && account_->awaited(net::gate::deliver))
    return look_interval();
  return account_->pressed(net::direction::out)
             ? std::min(settings_.slow_timeout, pressed_slow_timeout)
             : settings_.slow_timeout;
}

clock::duration peer::look_interval() const {
  return std::min(settings_.slow_timeout, pressed_slow_timeout) / 4;
}

void peer::check_taken(clock::time_point now) {
  if (queued_ == 0 || now < next_look_)
    return;
  next_look_ = now + look_interval();
  const std::uint64_t taken = wire_.taken();
  if (taken != taken_) {
    // The first look only tells where it stands, so it counts from here.
    if (taken_ == 0)
      write_since_ = now;
    else
      moved_ = now;
    taken_ = taken;
  }
  // A client may wait for us to read before it reads itself.
  if (paused_ && inward_ != inward::open)
    write_since_ = now;
  const clock::time_point sign =
      moved_ ? std::max(*moved_, write_since_) : write_since_;
  if (now - sign >= slow_timeout())
    close(close_reason::slow);
}

}  // namespace wskafka::ws
