#pragma once

#include "net/ledger.hpp"
#include "net/ws/close_reason.hpp"
#include "net/ws/shared_frame.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

/// What the WebSocket edge tells the rest, and what it is told, as plain
/// values.
namespace wskafka::ws {

/// Names one connection for its whole life and never another one.
struct connection_ref {
  /// Unique for the life of the server; the `ws` of the health message.
  std::uint64_t ws = 0;
  /// Where its shard keeps it; valid as long as the slot still holds `ws`.
  std::uint32_t slot = 0;
  std::uint16_t shard = 0;
};

/// The handshake is done.
struct opened {
  connection_ref ref;
  std::shared_ptr<net::account> account;
  /// Peer's address and port, for logs.
  std::string remote;
};

/// A text frame, or a binary frame's bytes.
struct received {
  connection_ref ref;
  std::string text;
  /// The frame's bytes + 200, inward.
  net::charge held;
  /// Over budget after waiting `publish_stall`: to be answered QUEUE_FULL.
  bool refused = false;
  /// It was a binary frame.
  bool binary = false;
};

/// All text of this connection that asked for it (`text::tell_written`) is in
/// the kernel's hands.
struct written {
  connection_ref ref;
};

/// The peer's WebSocket stack has read everything up to the text that carried
/// `sequence` (the delivery barrier of `design.md`).
struct confirmed {
  connection_ref ref;
  std::uint64_t sequence = 0;
};

/// The connection is gone; nothing follows, and nothing sent to it arrives.
struct closed {
  connection_ref ref;
  close_reason reason = close_reason::peer;
  /// The close code on the wire; 1006 when there was none.
  std::uint16_t code = 1006;
};

/// One partition of those whose records a channel carries.
struct partition_end {
  std::int32_t partition = 0;
  /// Where the next record is to come from.
  std::int64_t offset = 0;
};
using partition_ends = std::vector<partition_end>;

/// Where a channel's member stands: the answer to `stand_aside`, or it had no
/// room for the next frame and is left out from here on.
struct stands_aside {
  connection_ref ref;
  std::uint64_t channel = 0;
  /// As in `stand_aside`; 0: it had no room.
  std::uint64_t request = 0;
  /// False: it was behind already, or is no member. Whoever brings it what it
  /// lacks knows how far it is.
  bool known = false;
  /// It is behind from here on.
  bool behind = false;
  /// Behind the last frame that it was sent.
  partition_ends next;
};

using event =
    std::variant<opened, received, written, confirmed, closed, stands_aside>;

/// Receives what happens on the shards.
class listener {
 public:
  virtual ~listener() = default;

  /// On the io thread of `shard`; must not block. The burst holds what came in
  /// one turn of its loop, in order; per connection `opened` comes first and
  /// `closed` last. The vector may be taken or cleared.
  virtual void on_events(unsigned shard, std::vector<event>& burst) = 0;
};

/// JSON text for one frame.
struct text {
  /// Empty: no frame, only `confirm`, for what was sent before.
  std::string payload;
  /// What the payload is charged with, outward; released when the write is
  /// done, or when the connection is gone.
  net::charge held;
  /// When not 0: tell `confirmed` with this number once the peer has read the
  /// frame. Numbers of one connection grow.
  std::uint64_t confirm = 0;
  /// Tell `written` when the frame has left.
  bool tell_written = false;
  /// Send it as a binary frame.
  bool binary = false;
};

/// Ping at once if anything sent is unconfirmed, instead of when it is due.
struct confirm_now {};

/// From here on it is closed as slow as soon as records wait for room in its
/// out budget and it takes nothing from one look to the next (a quarter of
/// `slow_timeout`, 1.25 s at most); or only as others are.
struct be_impatient {
  bool on = false;
};

/// From here on it may be silent for ever; or only for `idle_timeout`.
struct may_be_silent {
  bool on = false;
};

/// Send a close frame after what was sent before, then end the connection.
struct close {
  close_reason reason = close_reason::server;
};

/// Be in the channel of this number from here on: its frames come behind what
/// was sent before.
struct join_channel {
  std::uint64_t channel = 0;
  /// Tell it of gaps too.
  bool gaps = false;
  /// It has to catch up first: gets what `catch_up` brings, and the channel's
  /// frames only from the one on that says so.
  bool behind = false;
  /// When it has no room for a frame it is behind, told by `stands_aside`;
  /// else it is closed as slow.
  bool drops = false;
  /// Where it starts, all partitions; null: nobody will ask.
  std::shared_ptr<const partition_ends> from{};
};

/// Tell by `stands_aside` where the member stands. Unless it is to `stay` it
/// is behind from here on; `written` is told when what it was sent has left.
struct stand_aside {
  std::uint64_t channel = 0;
  /// Not 0; echoed.
  std::uint64_t request = 0;
  bool stay = false;
};

/// No frame of it comes from here on, also none that was on its way.
struct leave_channel {
  std::uint64_t channel = 0;
};

/// A frame for all of the shard that are in the channel; `to` names the shard
/// alone.
struct fan_out {
  std::uint64_t channel = 0;
  shared_frame_ptr frame;
  /// It tells of a gap: for those alone who asked for that.
  bool gap = false;
  /// Where its records end, by partition; may be null.
  std::shared_ptr<const partition_ends> ends{};
};

/// Frames for one member that is behind; dropped when it is not in the channel.
/// They are sent whether or not its budget has room: whoever sends them waits
/// for `written` before more.
struct catch_up {
  std::uint64_t channel = 0;
  std::vector<shared_frame_ptr> frames;
  /// With these it has caught up: the channel's frames follow. Else `written`
  /// is told when they have left.
  bool last = false;
  /// With the last ones: how far the channel's frames go by now.
  std::shared_ptr<const partition_ends> ends{};
};

struct outgoing {
  connection_ref to;
  std::variant<text, confirm_now, close, be_impatient, may_be_silent,
               join_channel, leave_channel, fan_out, catch_up, stand_aside>
      what;
};

}  // namespace wskafka::ws
