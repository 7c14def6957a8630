#include "net/ws/peer.hpp"

#include <utility>

namespace wskafka::ws {
namespace {

/// Charged with each frame for what it costs to carry it.
constexpr std::size_t frame_overhead = 200;

/// An unfinished message is charged in steps of this; one read of small
/// messages never comes near it.
constexpr std::size_t partial_step = 4096;

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
  if (!outward_held_ && account_->over(net::direction::out)) {
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
  if (outward_held_ && !account_->wait_low(net::gate::read_out))
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

}  // namespace wskafka::ws
