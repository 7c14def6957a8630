#pragma once

#include "tools/wskafka-load/descriptor.hpp"
#include "tools/wskafka-load/endpoint.hpp"
#include "tools/wskafka-load/frame.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace wskafka::load {

/// What a connection tells; all from the loop's thread.
class connection_listener {
 public:
  virtual ~connection_listener() = default;
  /// The handshake is done.
  virtual void on_open() = 0;
  /// A whole text or binary message; valid during the call.
  virtual void on_message(std::string_view text) = 0;
  /// The socket has taken all that was waiting for it.
  virtual void on_flushed() = 0;
  /// It is over, or never began. `asked`: we had closed it.
  virtual void on_end(const std::string& why, bool asked) = 0;
};

/// One WebSocket from the client's side, on a non-blocking socket. Owned and
/// called by one loop thread.
class connection {
 public:
  enum class state { idle, connecting, upgrading, open, closing, ended };

  connection(const endpoint& to, connection_listener& listener)
      : to_(to), listener_(listener) {}

  /// Begins to connect, in the epoll set `poll`.
  void start(int poll);
  /// Epoll's news. `buffer` is the thread's, for reading.
  void handle(std::uint32_t events, std::vector<char>& buffer);

  /// Sends whole frames; what the socket does not take now waits. No effect
  /// unless open.
  void send(std::string_view frames);
  /// Sends one text message.
  void send_text(std::string_view text);
  /// Bytes that wait for the socket; after the end, those it never took.
  std::size_t waiting() const { return out_.size() - out_at_; }

  /// Reads nothing any more, until `close`.
  void stop_reading();

  /// Says goodbye with 1000; `on_end` follows when the server has answered.
  void close();
  /// Ends it without a word.
  void drop();
  /// Gives it up for a reason of ours; `on_end` follows.
  void give_up(const std::string& why) { end(why); }

  state phase() const { return state_; }
  /// The code of the server's close frame; 0: it sent none, or one without.
  int close_code() const { return close_code_; }
  /// Whether both ends have the same address. Only while open.
  bool same_machine() const;

 private:
  void connected();
  void read(std::vector<char>& buffer);
  void read_upgrade(std::string_view bytes);
  void read_frames(std::string_view bytes);
  void on_close_frame(std::string_view payload);
  void write(std::string_view bytes);
  void flush();
  void watch();
  void end(const std::string& why);

  const endpoint& to_;
  connection_listener& listener_;
  descriptor socket_;
  int poll_ = -1;
  std::uint32_t watched_ = 0;
  state state_ = state::idle;
  bool reading_ = true;
  int close_code_ = 0;
  std::string head_;  // of the answer to our upgrade
  frame_reader reader_;
  std::string out_;
  std::size_t out_at_ = 0;
};

}  // namespace wskafka::load
