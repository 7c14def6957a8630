#include "net/ws/peer.hpp"

#include <algorithm>
#include <utility>

namespace wskafka::ws {
namespace {

using std::chrono::milliseconds;

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
  begin_idle(now);
  schedule(now);
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
  wire_.flush();
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
  for (const auto check :
       {&peer::check_message, &peer::check_taken, &peer::check_reading,
        &peer::check_pong, &peer::check_idle}) {
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
  if (settings_.idle_timeout && !silent_)
    at(idle_look_);
  if (queued_ > 0)
    at(next_look_);
  if (paused_) {
    if (inward_ == inward::held ||
        (inward_ == inward::refusing && !outward_held_))
      at(hold_ends_);
  } else {
    if (partial_since_)
      at(*partial_since_ + settings_.message_timeout);
    at(slot_.waiting() ? std::min(pong_due(), owed_look_) : next_ping_);
  }
  if (!slot_.waiting() && slot_.uncovered())
    at(slot_.uncovered_since() + settings_.confirm_interval);
  host_.wake_at(*this, due);
}

}  // namespace wskafka::ws
