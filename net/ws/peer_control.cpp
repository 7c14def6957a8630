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
  if (!slot_.waiting()) {
    owed_look_ = now + settings_.ping_interval / 4;
    owed_taken_.reset();
    owed_moved_ = now;
  }
  host_.numbers().pings.add();
  next_.add(opcode::ping, slot_.ping(now));
}

void peer::check_pong(clock::time_point now) {
  if (!slot_.waiting() || paused_)
    return;
  // A ping may stand behind megabytes that the kernel took: who acknowledges
  // them is there. The first look comes when the ping alone has long arrived.
  if (now >= owed_look_) {
    owed_look_ = now + settings_.ping_interval / 4;
    const std::uint64_t taken = wire_.taken();
    if (owed_taken_.value_or(taken) != taken)
      owed_moved_ = now;
    owed_taken_ = taken;
  }
  if (now >= pong_due())
    close(close_reason::no_pong);
}

clock::time_point peer::pong_due() const {
  clock::time_point sign = std::max(slot_.waiting_since(), owed_moved_);
  if (queued_ > 0 && moved_)
    sign = std::max(sign, *moved_);
  return sign + settings_.ping_interval;
}

}  // namespace wskafka::ws
