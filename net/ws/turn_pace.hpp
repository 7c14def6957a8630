#pragma once

#include "net/ws/deadline_wheel.hpp"

#include <chrono>
#include <cstddef>
#include <utility>

namespace wskafka::ws {

/// How fast a busy shard turns. Every turn wakes the router, and every wake-up
/// costs more than the frame it is for; so a turn that brought little and came
/// soon after the one before is followed by a rest, and what arrives meanwhile
/// is one turn. A shard that is not busy never rests: a lone frame does not
/// wait, and a full turn needs no company. Used by one thread.
class turn_pace {
 public:
  /// The distance of two small turns, and the most that a frame waits for it,
  /// on a lively shard.
  static constexpr std::chrono::microseconds small_turn{200};
  /// On one whose clients do nothing but publish: nobody waits for an answer.
  static constexpr std::chrono::microseconds quiet_turn{1000};
  /// How long a shard is lively after something was sent, somebody came, went,
  /// or read what he was sent: an answer may come, and with a window of one
  /// nothing else moves before it. Later ones find no turn to rest after.
  static constexpr std::chrono::microseconds answers_come = quiet_turn;
  /// Events that make a turn worth its wake-ups.
  static constexpr std::size_t full_turn = 32;

  /// Something was sent, or written. By itself that is no turn: it is our own
  /// doing, and the answer may be here already.
  void sent() { lively_ = true; }
  /// A client sent something.
  void received() { heard_ = true; }
  /// A client came, went, or read.
  void moved() { heard_ = lively_ = true; }

  /// A turn with so many events ended at `now`: until when to rest; not after
  /// `now` when there is no need to.
  clock::time_point turn_ended(clock::time_point now, std::size_t events) {
    if (std::exchange(lively_, false))
      lively_until_ = now + answers_come;
    if (!std::exchange(heard_, false))
      return now;
    const clock::time_point soon =
        last_ + (now < lively_until_ ? small_turn : quiet_turn);
    last_ = events < full_turn && now < soon ? soon : now;
    return last_;
  }

 private:
  bool lively_ = false;
  bool heard_ = false;
  clock::time_point last_{};
  clock::time_point lively_until_{};
};

}  // namespace wskafka::ws
