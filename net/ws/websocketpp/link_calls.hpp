#pragma once

#include "net/ws/close_reason.hpp"
#include "net/ws/socket_info.hpp"
#include "net/ws/websocketpp/direct_write.hpp"
#include "net/ws/websocketpp/prepared_frame.hpp"
#include "net/ws/websocketpp/specialised.hpp"

#include <boost/asio/socket_base.hpp>

#include <cstdint>
#include <string>
#include <utility>

namespace wskafka::ws::lean {

inline bool link::write(frame_batch&& batch) {
  const message::ptr m =
      std::make_shared<sent_message>(*open, std::move(batch));
  return !static_cast<connection&>(*this).send(m);
}

inline std::size_t link::write_now(const shared_frame& frame) {
  auto& c = static_cast<connection&>(*this);
  if (c.get_state() != websocketpp::session::state::open)
    return 0;
  return send_at_once(c.get_raw_socket().native_handle(), frame.wire_bytes());
}

inline bool link::write(const shared_frame_ptr& frame, std::size_t taken) {
  const bool queued = !static_cast<connection&>(*this).send(
      prepared_frame::pointer(frame, *open));
  // It stands first then; of those behind it nothing has left.
  if (taken > 0)
    left_already = taken;
  return queued;
}

inline void link::flush() {
  static_cast<connection&>(*this).write_frame();
}

inline void link::end(std::uint16_t code, std::string_view reason) {
  std::error_code failed;
  static_cast<connection&>(*this).close(code, std::string(reason), failed);
  // It fails when the peer has begun to close: then that goes its way.
  if (!failed && websocketpp::close::status::terminal(code))
    drain_at_end();
}

inline void link::drop() {
  auto& c = static_cast<connection&>(*this);
  boost::system::error_code ignored;
  c.get_raw_socket().set_option(boost::asio::socket_base::linger(true, 0),
                                ignored);
  c.terminate(make_error_code(websocketpp::transport::error::timeout));
}

inline void link::pause() {
  static_cast<connection&>(*this).handle_pause_reading();
}

inline void link::resume() {
  // After a violation websocketpp reads no more, and its reader is in no state
  // to go on.
  if (!deaf)
    static_cast<connection&>(*this).handle_resume_reading();
}

inline std::uint64_t link::taken() {
  return acknowledged_bytes(
      static_cast<connection&>(*this).get_raw_socket().native_handle());
}

inline void link::drain_at_end() {
  deaf = true;
  static_cast<socket&>(static_cast<connection&>(*this)).drain_at_end();
}

/// How the connection looks to have ended, for those that we did not end.
inline close_reason reason_seen(const connection& c) {
  switch (c.get_local_close_code()) {
    case 1009:
      return close_reason::too_big;
    case 1002:
    case 1003:
    case 1007:
      // An echo of the peer's own code is its business.
      if (c.get_remote_close_code() != c.get_local_close_code() ||
          c.get_remote_close_reason() != c.get_local_close_reason())
        return close_reason::protocol_error;
      break;
    case 1011:
      return close_reason::internal;
    default:
      break;
  }
  const std::error_code ec = c.get_ec();
  if (ec && ec != make_error_code(websocketpp::transport::error::eof))
    return close_reason::lost;
  return close_reason::peer;
}

inline std::uint16_t code_seen(const connection& c, close_reason seen) {
  return seen == close_reason::peer ? c.get_remote_close_code()
                                    : c.get_local_close_code();
}

}  // namespace wskafka::ws::lean
