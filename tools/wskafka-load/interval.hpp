#pragma once

#include "tools/wskafka-load/histogram.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>

namespace wskafka::load {

/// When the run starts to send, and the part of it that is measured; `now_ns`.
struct window {
  std::int64_t start = std::numeric_limits<std::int64_t>::max();
  std::int64_t from = std::numeric_limits<std::int64_t>::max();
  std::int64_t to = std::numeric_limits<std::int64_t>::max();

  bool measured(std::int64_t at) const { return at >= from && at < to; }
};

/// What one thread saw since it was last asked.
struct interval {
  std::uint64_t sent = 0;
  std::uint64_t delivered = 0;
  /// Of those: at a time within the window.
  std::uint64_t sent_measured = 0;
  std::uint64_t delivered_measured = 0;
  /// Came from a publisher whose clock is not ours: without a latency.
  std::uint64_t other_clock = 0;
  /// What the run is about, whenever it was due: for the line of this second.
  histogram shown;
  /// Only what was due within the window.
  histogram response;
  histogram service;
  histogram lag;
  /// Of connecting, from when it was due to the end of the handshake.
  histogram handshake;
  std::int64_t first_delivery = std::numeric_limits<std::int64_t>::max();
  std::int64_t last_delivery = 0;
  /// When the last connection opened.
  std::int64_t last_open = 0;

  void merge(const interval& other) {
    sent += other.sent;
    delivered += other.delivered;
    sent_measured += other.sent_measured;
    delivered_measured += other.delivered_measured;
    other_clock += other.other_clock;
    shown.merge(other.shown);
    response.merge(other.response);
    service.merge(other.service);
    lag.merge(other.lag);
    handshake.merge(other.handshake);
    first_delivery = std::min(first_delivery, other.first_delivery);
    last_delivery = std::max(last_delivery, other.last_delivery);
    last_open = std::max(last_open, other.last_open);
  }
};

}  // namespace wskafka::load
