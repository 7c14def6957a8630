#include "net/ws/peer.hpp"

#include <algorithm>
#include <utility>

namespace wskafka::ws {
namespace {

/// Pongs that may wait to be written. Above it only the latest ping is
/// answered, once there is room (RFC 6455, 5.5.3).
constexpr std::uint32_t most_pongs = 16;

}  // namespace

bool peer::allow_control() {
  if (control_rate_.allow(host_.now(), settings_.max_pings_per_second))
    return true;
  close(close_reason::rate_limit);
  return false;
}

void peer::ping(std::string_view payload) {
  if (ending() || !allow_control())
    return;
  if (pongs_ < most_pongs) {
    add_pong(std::string(payload));
    later();
  } else {
    late_ping_ = std::string(payload);
  }
}

void peer::answer_late_ping() {
  if (!late_ping_ || pongs_ >= most_pongs)
    return;
  add_pong(std::move(*late_ping_));
  late_ping_.reset();
}

void peer::add_pong(std::string&& payload) {
  ++pongs_;
  ++next_.pongs;
  next_.add(opcode::pong, std::move(payload));
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

}  // namespace wskafka::ws
