#include "net/ws/peer.hpp"

#include <utility>

namespace wskafka::ws {
namespace {

/// Charged with each frame for what it costs to carry it.
constexpr std::size_t frame_overhead = 200;

/// An unfinished message is charged in steps of this; one read of small
/// messages never comes near it.
constexpr std::size_t partial_step = 4096;

/// How often it is looked at whether a peer is busy while it could become
/// idle. Nobody is closed for a request that has only just ended, nor before
/// the order that came with its end was read.
constexpr int idle_looks = 4;

}  // namespace

net::charge peer::charge_message(std::size_t bytes) {
  net::charge held = std::move(partial_);
  partial_ = net::charge();
  const std::size_t rest = bytes + frame_overhead - held.bytes();
  held.merge(net::charge(account_, net::direction::in, rest));
  return held;
}

void peer::received(std::string&& bytes, bool binary) {
  partial_since_.reset();
  if (settings_.idle_timeout)
    idle_since_ = host_.now();
  ws::received message{ref_, std::move(bytes), {}, false, binary};
  host_.numbers().frames_in.add();
  host_.numbers().bytes_in.add(message.text.size());
  message.held = charge_message(message.text.size());
  hold_or_refuse(message.refused);
  host_.emit(std::move(message));
}

void peer::hold_or_refuse(bool& refused) {
  const bool over = account_->over(net::direction::in);
  if (inward_ == inward::refusing) {
    refused = over;
    if (over) {
      host_.numbers().over_budget.add();
      hold_ends_ = host_.now() + deadline_wheel::tick;
      pause();
      host_.wake_at(*this, hold_ends_);
    } else {
      inward_ = inward::open;
    }
  } else if (over && inward_ == inward::open) {
    inward_ = inward::held;
    hold_ends_ = host_.now() + settings_.publish_stall;
    pause();
    host_.wake_at(*this, hold_ends_);
    if (!account_->wait_low(net::gate::read_in))
      host_.resumer (*this)();
  }
  // What waits elsewhere may wait for this peer: records for an ack.
  if (!outward_held_ && writing() && account_->over(net::direction::out)) {
    outward_held_ = true;
    pause();
    if (!account_->wait_low(net::gate::read_out))
      host_.resumer (*this)();
  }
}

void peer::pause() {
  if (!gates_set_) {
    account_->on_low(net::gate::read_in, host_.resumer(*this));
    account_->on_low(net::gate::read_out, host_.resumer(*this));
    gates_set_ = true;
  }
  if (!std::exchange(paused_, true)) {
    host_.numbers().read_pauses.add();
    wire_.pause();
  }
}

void peer::resume() {
  if (gone_ || !paused_)
    return;
  if (inward_ != inward::open && !account_->wait_low(net::gate::read_in))
    inward_ = inward::open;
  if (outward_held_ && (!writing() || !account_->wait_low(net::gate::read_out)))
    outward_held_ = false;
  if (ending() || (inward_ != inward::held && !outward_held_))
    read_on();
}

void peer::read_on() {
  paused_ = false;
  const clock::time_point now = host_.now();
  if (slot_.waiting())
    slot_.restart(now);
  if (partial_since_)
    partial_since_ = now;
  wire_.resume();
  schedule(now);
}

void peer::check_reading(clock::time_point now) {
  if (!paused_ || inward_ == inward::open || now < hold_ends_)
    return;
  inward_ = inward::refusing;
  if (!outward_held_)
    read_on();
}

void peer::partial(std::size_t bytes) {
  if (gone_ || ending())
    return;
  if (!partial_since_) {
    partial_since_ = host_.now();
    host_.wake_at(*this, *partial_since_ + settings_.message_timeout);
  }
  if (bytes >= partial_.bytes() + partial_step)
    partial_.merge(
        net::charge(account_, net::direction::in, bytes - partial_.bytes()));
}

void peer::check_message(clock::time_point now) {
  if (partial_since_ && !paused_ &&
      now - *partial_since_ >= settings_.message_timeout)
    close(close_reason::message_timeout);
}

void peer::may_be_silent(bool on) {
  silent_ = on;
  if (!on && !gone_ && !ending()) {
    const clock::time_point now = host_.now();
    begin_idle(now);
    schedule(now);
  }
}

void peer::begin_idle(clock::time_point now) {
  if (!settings_.idle_timeout)
    return;
  idle_since_ = now;
  idle_look_ = now + *settings_.idle_timeout / idle_looks;
}

/// What a request charged is charged until it is answered, or until Kafka has
/// what it published. Who is not read is busy by one of these, too.
void peer::check_idle(clock::time_point now) {
  if (!settings_.idle_timeout || silent_ || now < idle_look_)
    return;
  const clock::time_point next = now + *settings_.idle_timeout / idle_looks;
  idle_look_ = next;
  const bool busy =
      account_->held(net::direction::in) > 0 || partial_since_ || queued_ > 0;
  // It may be so until just before the next look.
  if (busy)
    idle_since_ = next;
  else if (now - idle_since_ >= *settings_.idle_timeout)
    close(close_reason::idle);
}

}  // namespace wskafka::ws
