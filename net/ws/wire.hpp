#pragma once

#include "net/ws/frames.hpp"
#include "net/ws/shared_frame.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace wskafka::ws {

/// What a peer asks of its socket. Called on the shard's thread only.
class wire {
 public:
  /// Queues the frames; once they have left, or will never leave, the batch is
  /// destroyed and `peer::released` called. False, and destroyed at once, when
  /// the connection is no longer open.
  virtual bool write(frame_batch&& batch) = 0;

  /// Hands the frame to the kernel at once. Only while nothing waits to leave
  /// before it. How many of its bytes were taken: 0 too when the connection is
  /// no longer open, or broken.
  virtual std::size_t write_now(const shared_frame& frame) = 0;

  /// Queues a frame that others get too, without the first `taken` bytes, which
  /// `write_now` just took; once it has left, or will never leave,
  /// `peer::share_released` is called. False, after that, when the connection
  /// is no longer open.
  virtual bool write(const shared_frame_ptr& frame, std::size_t taken) = 0;

  /// Sends what is queued. What the kernel takes at once is told before this
  /// returns.
  virtual void flush() = 0;

  /// Sends a close frame behind everything queued; the socket's part of the
  /// closing handshake follows by itself.
  virtual void end(std::uint16_t code, std::string_view reason) = 0;

  /// Ends TCP at once with a reset; unsent bytes are thrown away.
  virtual void drop() = 0;

  /// Stops reading. Only inside `peer::received`; the rest of what was read
  /// already still comes.
  virtual void pause() = 0;

  /// Reads on. Never inside a call from the socket.
  virtual void resume() = 0;

  /// Bytes that the peer's TCP has acknowledged so far.
  virtual std::uint64_t taken() = 0;

 protected:
  ~wire() = default;
};

}  // namespace wskafka::ws
