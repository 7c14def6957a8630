#pragma once

#include "net/ledger.hpp"
#include "net/ws/deadline_wheel.hpp"
#include "net/ws/event_rate.hpp"
#include "net/ws/events.hpp"
#include "net/ws/frames.hpp"
#include "net/ws/peer_host.hpp"
#include "net/ws/ping_slot.hpp"
#include "net/ws/wire.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace wskafka::ws {

struct peer_settings {
  std::chrono::milliseconds ping_interval{};
  std::chrono::milliseconds confirm_interval{};
  std::chrono::milliseconds message_timeout{};
  std::chrono::milliseconds publish_stall{};
  std::chrono::milliseconds slow_timeout{};
  /// Absent: for ever.
  std::optional<std::chrono::milliseconds> idle_timeout;
  unsigned max_pings_per_second = 0;
};

/// One open connection, all but its socket: what it is charged, whether it is
/// read, its pings and confirmations, its deadlines and its end. Knows no
/// library, and time only from its host. Not thread-safe.
class peer : public deadline {
 public:
  /// All references outlive the peer; `nonce` is not to be guessed.
  peer(connection_ref ref, std::shared_ptr<net::account> account, wire& out,
       peer_host& host, const peer_settings& settings, std::uint64_t nonce);

  const connection_ref& ref() const { return ref_; }
  bool ending() const { return end_.has_value(); }

  // From the socket.

  /// A whole message.
  void received(std::string&& bytes, bool binary);
  /// A message has begun and holds so many bytes by now; no call when each
  /// read ends with a whole one.
  void partial(std::size_t bytes);
  /// Nothing is unfinished any more, and `received` was not called.
  void whole() { partial_since_.reset(); }
  /// The socket ends it for a message of too many fragments.
  void too_fragmented() { too_fragmented_ = true; }
  void ping(std::string_view payload);
  void pong(std::string_view payload);
  /// A batch was destroyed: its write is done, or will never be.
  void released(const frame_batch& batch);
  /// The same for a shared frame of so many bytes.
  void share_released(std::size_t bytes);
  /// TCP has ended. `seen` and `code` are what the socket makes of it; what we
  /// ended ourselves has our own reason.
  void gone(close_reason seen, std::uint16_t code);

  // From the outbox.

  void send(text&& item);
  /// The largest shared frame that the out budget has room for. Asked once for
  /// all that it is given then: these are not held against each other.
  std::size_t room() const;
  /// It leaves before this returns where nothing waits to leave before it;
  /// `more` says that more follows in this turn, with which it had better leave
  /// together.
  void send_shared(const shared_frame_ptr& frame, bool more = false);
  /// Tells `written` when the shared frames that were sent have left.
  void tell_shared_written();
  /// Tells where it stands in a channel; where it is behind from here on,
  /// `written` too, when what it was sent has left.
  void tell_place(stands_aside told);
  void confirm();
  void be_impatient(bool on) { impatient_ = on; }
  void may_be_silent(bool on);
  /// Sends the close frame; TCP is dropped if it has not ended by `patience`
  /// later.
  void close(close_reason reason, std::chrono::milliseconds patience);
  void close(close_reason reason);
  void close_at(clock::time_point when);

  // From the host.

  void flush();
  void tick();
  void resume();

 private:
  /// How far the inward budget lets it be read.
  enum class inward {
    /// As it comes.
    open,
    /// Not at all: over the mark, for at most `publish_stall`.
    held,
    /// One read each tick; what does not fit is marked.
    refusing,
  };

  void mark(const text& item);
  void later();
  void pause();
  void read_on();
  net::charge charge_message(std::size_t bytes);
  void hold_or_refuse(bool& refused);
  void check_reading(clock::time_point now);
  bool writing() const { return queued_ > 0 || !next_.empty(); }
  void check_message(clock::time_point now);
  void begin_idle(clock::time_point now);
  void check_idle(clock::time_point now);
  void check_taken(clock::time_point now);
  void check_pong(clock::time_point now);
  clock::time_point pong_due() const;
  void add_pings(clock::time_point now);
  void add_pong(std::string&& payload);
  void answer_late_ping();
  void write(clock::time_point now);
  void write_begins(clock::time_point now);
  void break_off(clock::time_point now);
  void write_ended();
  void schedule(clock::time_point now);
  clock::duration slow_timeout() const;
  clock::duration look_interval() const;
  bool allow_control();

  const connection_ref ref_;
  const std::shared_ptr<net::account> account_;
  wire& wire_;
  peer_host& host_;
  const peer_settings& settings_;

  // Reading.
  net::charge partial_;
  std::optional<clock::time_point> partial_since_;
  clock::time_point hold_ends_;
  inward inward_ = inward::open;
  bool outward_held_ = false;
  bool paused_ = false;
  bool gates_set_ = false;

  // Idleness: since when it is idle unless a look finds it busy, and the next
  // look. Not used without an `idle_timeout`.
  bool silent_ = false;
  clock::time_point idle_since_;
  clock::time_point idle_look_;

  // Writing.
  bool impatient_ = false;
  frame_batch next_;
  std::uint32_t queued_ = 0;
  std::uint32_t tells_ = 0;
  std::uint32_t pongs_ = 0;
  /// Shared frames being written, and whether the last one's end is to be told.
  std::uint32_t shared_ = 0;
  bool tell_shared_ = false;
  bool told_ = false;
  bool flushing_ = false;
  bool confirm_asked_ = false;
  std::uint64_t taken_ = 0;
  clock::time_point write_since_;
  /// When a write was last seen to move; unset while none was.
  std::optional<clock::time_point> moved_;
  clock::time_point next_look_;

  // Control frames.
  ping_slot slot_;
  clock::time_point next_ping_;
  /// While a pong is owed: when TCP is asked next how much the peer took, what
  /// it said last, and when that was seen to grow.
  clock::time_point owed_look_;
  std::optional<std::uint64_t> owed_taken_;
  clock::time_point owed_moved_;
  event_rate control_rate_;
  std::optional<std::string> late_ping_;

  // The end.
  std::optional<close_reason> end_;
  std::optional<clock::time_point> close_at_;
  clock::time_point drop_at_;
  bool end_in_sight_ = false;
  bool too_fragmented_ = false;
  bool gone_ = false;
};

}  // namespace wskafka::ws
