#pragma once

#include "net/ws/websocketpp/config.hpp"

#include <array>
#include <cstddef>
#include <string_view>
#include <sys/socket.h>
#include <sys/uio.h>
#include <utility>
#include <vector>

/// How frames leave. websocketpp starts a write of Asio's for each message
/// when the one before is done; here all that waits leaves in one call of the
/// kernel (or few), at the end of the shard's turn, a frame for many even
/// before, and only what the kernel does not take at once goes that way. For a
/// frame of some hundred bytes that is a quarter of the cost of sending it.
namespace wskafka::ws::lean {

using buffers = std::vector<websocketpp::transport::buffer>;

/// What a connection is given of a turn before others have theirs.
constexpr std::size_t most_at_once = 256 * 1024;

/// Bytes that the kernel took at once. An error counts as none: Asio meets it
/// again and tells it.
inline std::size_t send_at_once(int descriptor, std::string_view bytes) {
  const ssize_t taken = ::send(descriptor, bytes.data(), bytes.size(),
                               MSG_DONTWAIT | MSG_NOSIGNAL);
  return taken > 0 ? static_cast<std::size_t>(taken) : 0;
}

/// The same for all of these, or some 256 KiB.
inline std::size_t send_at_once(int descriptor, const buffers& all) {
  std::size_t sent = 0;
  for (auto next = all.begin(); next != all.end() && sent < most_at_once;) {
    std::array<iovec, 64> parts;
    msghdr call{};
    call.msg_iov = parts.data();
    std::size_t offered = 0;
    for (; next != all.end() && call.msg_iovlen < parts.size(); ++next) {
      parts[call.msg_iovlen++] = {const_cast<char*>(next->buf), next->len};
      offered += next->len;
    }
    const ssize_t taken =
        ::sendmsg(descriptor, &call, MSG_DONTWAIT | MSG_NOSIGNAL);
    sent += taken > 0 ? static_cast<std::size_t>(taken) : 0;
    if (taken < 0 || static_cast<std::size_t>(taken) < offered)
      break;
  }
  return sent;
}

inline void remove_front(buffers& all, std::size_t bytes) {
  auto first = all.begin();
  for (; first != all.end() && first->len <= bytes; ++first)
    bytes -= first->len;
  if (bytes > 0) {
    first->buf += bytes;
    first->len -= bytes;
  }
  all.erase(all.begin(), first);
}

}  // namespace wskafka::ws::lean

namespace websocketpp {

/// Queues only; `write_frame` sends.
template <>
inline lib::error_code connection<wskafka::ws::lean::config>::send(
    message_ptr whole) {
  if (m_state != session::state::open)
    return error::make_error_code(error::invalid_state);
  write_push(std::move(whole));
  return {};
}

/// As the original, but without a write of Asio's where none is needed. What
/// ends the connection is left to that, whose handler knows what follows.
template <>
inline void connection<wskafka::ws::lean::config>::write_frame() {
  if (m_write_flag)
    return;
  // Nothing below may throw half-way.
  m_current_msgs.reserve(m_send_queue.size());
  m_send_buffer.reserve(2 * m_send_queue.size());
  bool terminal = false;
  while (!terminal && !m_send_queue.empty()) {
    m_current_msgs.push_back(write_pop());
    const auto& taken = *m_current_msgs.back();
    m_send_buffer.emplace_back(taken.get_header().data(),
                               taken.get_header().size());
    m_send_buffer.emplace_back(taken.get_payload().data(),
                               taken.get_payload().size());
    terminal = taken.get_terminal();
  }
  if (m_current_msgs.empty())
    return;
  using wskafka::ws::lean::remove_front;
  remove_front(m_send_buffer, std::exchange(left_already, 0));
  if (!terminal) {
    using wskafka::ws::lean::send_at_once;
    remove_front(m_send_buffer,
                 send_at_once(get_raw_socket().native_handle(), m_send_buffer));
    if (m_send_buffer.empty()) {
      m_current_msgs.clear();
      return;
    }
  }
  m_write_flag = true;
  transport_con_type::async_write(m_send_buffer, m_write_frame_handler);
}

}  // namespace websocketpp
