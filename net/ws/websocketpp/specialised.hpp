#pragma once

#include "net/ws/websocketpp/processor.hpp"

#include <memory>
#include <string>

/// websocketpp has no hook for these, so its own members are specialised for
/// our configuration: the language's way to change one function of a template.
namespace websocketpp {

/// Version 13 alone; older ones have no length limits worth the name, and
/// prepared frames do not fit them.
template <>
inline connection<wskafka::ws::lean::config>::processor_ptr
connection<wskafka::ws::lean::config>::get_processor(int version) const {
  if (version != 13)
    return nullptr;
  auto& self = const_cast<connection&>(*this);
  auto made = std::make_shared<wskafka::ws::lean::processor>(
      self, m_msg_manager, m_rng);
  made->set_max_message_size(m_max_message_size);
  return made;
}

template <>
inline lib::error_code
connection<wskafka::ws::lean::config>::initialize_processor() {
  if (!processor::is_websocket_handshake(m_request))
    return lib::error_code();
  m_processor = get_processor(processor::get_websocket_version(m_request));
  if (m_processor)
    return lib::error_code();
  m_response.set_status(http::status_code::bad_request);
  m_response.replace_header("Sec-WebSocket-Version", "13");
  return error::make_error_code(error::unsupported_version);
}

/// Called once, between the handshake's last byte and the open handler. In
/// place of a log line, what only the handshake needed is given back: some
/// kilobytes for each connection of a browser.
template <>
inline void connection<wskafka::ws::lean::config>::log_open_result() {
  m_request = request_type();
  m_response = response_type();
  std::string().swap(m_handshake_buffer);
  std::vector<std::string>().swap(m_requested_subprotocols);
  m_uri.reset();
}

// They put a line together even where nobody logs.
template <>
inline void connection<wskafka::ws::lean::config>::log_close_result() {}
template <>
inline void connection<wskafka::ws::lean::config>::log_fail_result() {}
template <>
inline void connection<wskafka::ws::lean::config>::log_http_result() {}

}  // namespace websocketpp
