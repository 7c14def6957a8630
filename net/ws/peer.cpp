#include "net/ws/peer.hpp"

#include <algorithm>
#include <utility>

namespace wskafka::ws {
namespace {

using std::chrono::milliseconds;

/// Charged with each frame for what it costs to carry it.
constexpr std::size_t frame_overhead = 200;

/// An unfinished message is charged in steps of this; one read of small
/// messages never comes near it.
constexpr std::size_t partial_step = 4096;

/// Pongs that may wait to be written. Above it only the latest ping is
/// answered, once there is room (RFC 6455, 5.5.3).
constexpr std::uint32_t most_pongs = 16;

/// How long a peer may take no byte while the process's budget is pressed.
constexpr milliseconds pressed_slow_timeout{5000};

/// How long the closing handshake may take, and how long it may take with a
/// peer that has given cause.
constexpr milliseconds close_patience{5000};
constexpr milliseconds short_patience{1000};

}  // namespace

peer::peer(connection_ref ref, std::shared_ptr<net::account> account, wire& out,
           peer_host& host, const peer_settings& settings, std::uint64_t nonce)
    : ref_(ref),
      account_(std::move(account)),
      wire_(out),
      host_(host),
      settings_(settings),
      slot_(nonce) {
  // Spread over the interval, so that connections that came together are not
  // pinged together.
  const auto interval = static_cast<std::uint64_t>(
      std::max<milliseconds::rep>(1, settings.ping_interval.count()));
  const clock::time_point now = host_.now();
  next_ping_ = now + milliseconds(nonce % interval);
  schedule(now);
}

// Reading.

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

// Control frames.

bool peer::allow_control() {
  if (control_rate_.allow(host_.now(), settings_.max_pings_per_second))
    return true;
  close(close_reason::rate_limit);
  return false;
}

void peer::ping(std::string_view payload) {
  if (ending() || !allow_control())
    return;
  if (pongs_ >= most_pongs) {
    late_ping_ = std::string(payload);
    return;
  }
  ++pongs_;
  ++next_.pongs;
  next_.add(opcode::pong, std::string(payload));
  later();
}

void peer::pong(std::string_view payload) {
  host_.numbers().pongs.add();
  if (ending())
    return;
  const auto answer = slot_.pong(payload);
  if (!answer) {
    allow_control();
    return;
  }
  if (answer->confirmed)
    host_.emit(confirmed{ref_, *answer->confirmed});
  if (slot_.uncovered())
    later();
}

void peer::add_pings(clock::time_point now) {
  bool due = confirm_asked_ && slot_.uncovered();
  if (!slot_.waiting()) {
    due = due || (!paused_ && now >= next_ping_) ||
          (slot_.uncovered() &&
           now >= slot_.uncovered_since() + settings_.confirm_interval);
  }
  if (!due)
    return;
  confirm_asked_ = false;
  next_ping_ = now + settings_.ping_interval;
  host_.numbers().pings.add();
  next_.add(opcode::ping, slot_.ping(now));
}

void peer::check_pong(clock::time_point now) {
  if (!slot_.waiting() || paused_)
    return;
  clock::time_point sign = slot_.waiting_since();
  if (queued_ > 0 && moved_)
    sign = std::max(sign, *moved_);
  if (now - sign >= settings_.ping_interval)
    close(close_reason::no_pong);
}

// Writing.

void peer::send(text&& item) {
  if (ending()) {
    host_.numbers().undeliverable.add();
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
  if (late_ping_ && pongs_ < most_pongs) {
    ++pongs_;
    ++next_.pongs;
    next_.add(opcode::pong, std::move(*late_ping_));
    late_ping_.reset();
  }
  const clock::time_point now = host_.now();
  add_pings(now);
  write(now);
  schedule(now);
}

void peer::write(clock::time_point now) {
  if (next_.empty())
    return;
  if (queued_++ == 0) {
    write_since_ = now;
    moved_.reset();
    taken_ = 0;
    next_look_ = now + look_interval();
  }
  frame_batch batch = std::exchange(next_, frame_batch());
  const std::uint32_t texts = batch.texts;
  if (!wire_.write(std::move(batch)))
    host_.numbers().undeliverable.add(texts);
}

void peer::released(const frame_batch& batch) {
  --queued_;
  pongs_ -= batch.pongs;
  tells_ -= batch.tells;
  if (gone_)
    return;
  told_ = told_ || (batch.tells > 0 && tells_ == 0);
  if (told_ || late_ping_)
    later();
}

clock::duration peer::slow_timeout() const {
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

// The end.

void peer::close(close_reason reason) {
  const bool orderly =
      reason == close_reason::server || reason == close_reason::restart;
  close(reason, orderly ? close_patience : short_patience);
}

void peer::close(close_reason reason, milliseconds patience) {
  const clock::time_point now = host_.now();
  if (gone_)
    return;
  if (ending()) {
    drop_at_ = std::min(drop_at_, now + patience);
    host_.wake_at(*this, drop_at_);
    return;
  }
  write(now);
  end_ = reason;
  end_in_sight_ = queued_ == 0;
  drop_at_ = now + patience;
  wire_.end(close_code(reason), to_string(reason));
  host_.wake_at(*this, drop_at_);
  // So that the peer's answer is seen; not at once, since this may be a call
  // from the socket.
  if (paused_)
    host_.resumer (*this)();
}

void peer::close_at(clock::time_point when) {
  close_at_ = when;
  host_.wake_at(*this, when);
}

void peer::gone(close_reason seen, std::uint16_t code) {
  gone_ = true;
  if (gates_set_) {
    account_->on_low(net::gate::read_in, nullptr);
    account_->on_low(net::gate::read_out, nullptr);
  }
  partial_ = net::charge();
  host_.numbers().undeliverable.add(next_.texts);
  next_ = frame_batch();
  // A connection that broke with frames before the close frame says nothing of
  // which of them have left.
  if (end_)
    code =
        end_in_sight_ || seen != close_reason::lost ? close_code(*end_) : 1006;
  if (too_fragmented_)
    seen = close_reason::message_timeout;
  const close_reason reason = end_.value_or(seen);
  host_.numbers().count(reason);
  host_.emit(closed{ref_, reason, code});
}

// The host.

void peer::tick() {
  const clock::time_point now = host_.now();
  if (gone_)
    return;
  if (ending()) {
    if (now < drop_at_)
      host_.wake_at(*this, drop_at_);
    else
      wire_.drop();
    return;
  }
  if (close_at_ && now >= *close_at_)
    close(close_reason::restart);
  for (const auto check : {&peer::check_message, &peer::check_taken,
                           &peer::check_reading, &peer::check_pong}) {
    if (!ending())
      (this->*check)(now);
  }
  if (!ending())
    flush();
}

void peer::schedule(clock::time_point now) {
  clock::time_point due = now + settings_.ping_interval;
  const auto at = [&due](clock::time_point when) { due = std::min(due, when); };
  if (close_at_)
    at(*close_at_);
  if (queued_ > 0)
    at(next_look_);
  if (paused_) {
    if (inward_ == inward::held ||
        (inward_ == inward::refusing && !outward_held_))
      at(hold_ends_);
  } else {
    if (partial_since_)
      at(*partial_since_ + settings_.message_timeout);
    at(slot_.waiting() ? slot_.waiting_since() + settings_.ping_interval
                       : next_ping_);
  }
  if (!slot_.waiting() && slot_.uncovered())
    at(slot_.uncovered_since() + settings_.confirm_interval);
  host_.wake_at(*this, due);
}

}  // namespace wskafka::ws
