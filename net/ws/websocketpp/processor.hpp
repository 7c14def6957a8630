#pragma once

#include "net/ws/websocketpp/config.hpp"

#include <websocketpp/processors/hybi13.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace wskafka::ws::lean {

/// websocketpp's reader of RFC 6455, with what it lacks: fragments are counted,
/// the link hears of unfinished messages, a fragmented text that ends inside a
/// code point is refused, a length in more bytes than needed is a protocol
/// error (1002), not a failure of ours, and no length is too long to be
/// refused.
class processor final : public websocketpp::processor::hybi13<config> {
 public:
  processor(link& l, std::shared_ptr<message_source> source,
            config::rng_type& random)
      : hybi13(false, true, std::move(source), random), link_(l) {}

  std::size_t consume(std::uint8_t* bytes, std::size_t size,
                      std::error_code& ec) override {
    ec.clear();
    if (link_.deaf)
      return size;
    std::size_t used = 0;
    while (used < size && !ready()) {
      if (at_frame_start() && !count_fragment(bytes[used])) {
        ec = make_error_code(websocketpp::processor::error::protocol_violation);
        break;
      }
      // Of a final frame the base class takes no more than its own bytes; of
      // others it would go on to the next, uncounted.
      std::size_t part = size - used;
      if (!final_frame(bytes[used]))
        part = std::min(part, m_bytes_needed);
      used += hybi13::consume(bytes + used, part, ec);
      if (!ec && too_big())
        ec = make_error_code(websocketpp::processor::error::message_too_big);
      if (ec)
        break;
    }
    if (!ec && ready() && closes())
      link_.deaf = true;
    if (!ec && ready() && m_current_msg == &m_data_msg)
      finish_message(ec);
    else if (!ec)
      tell_progress();
    if (ec)
      violation(ec);
    return used;
  }

 private:
  bool at_frame_start() const {
    return m_state == HEADER_BASIC &&
           m_bytes_needed == websocketpp::frame::BASIC_HEADER_LENGTH;
  }

  bool final_frame(std::uint8_t next) const {
    return ((at_frame_start() ? next : m_basic_header.b0) &
            websocketpp::frame::BHB0_FIN) != 0;
  }

  /// A continuation claims so much that its sum with what is there overflows:
  /// the base class would let it grow without end.
  bool too_big() const {
    return m_state == APPLICATION && m_bytes_needed > m_max_message_size;
  }

  /// What follows the peer's close is discarded (RFC 6455, 1.4).
  bool closes() const {
    return m_current_msg == &m_control_msg &&
           m_control_msg.msg_ptr->get_opcode() ==
               websocketpp::frame::opcode::CLOSE;
  }

  bool count_fragment(std::uint8_t first) {
    const bool control = (first & 0x08) != 0;
    return control || ++fragments_ <= *link_.max_fragments;
  }

  void finish_message(std::error_code& ec) {
    fragments_ = 0;
    if (m_data_msg.msg_ptr->get_opcode() == websocketpp::frame::opcode::TEXT &&
        !m_data_msg.validator.complete())
      ec = make_error_code(websocketpp::processor::error::invalid_utf8);
  }

  void tell_progress() {
    if (!link_.open)
      return;
    if (m_data_msg.msg_ptr)
      link_.open->partial(m_data_msg.msg_ptr->get_payload().size());
    else if (!ready() && !at_frame_start())
      link_.open->partial(0);
    else
      link_.open->whole();
  }

  void violation(std::error_code& ec) {
    using namespace websocketpp::processor::error;
    if (ec == make_error_code(non_minimal_encoding) ||
        ec == make_error_code(requires_64bit))
      ec = make_error_code(protocol_violation);
    if (link_.open && fragments_ > *link_.max_fragments)
      link_.open->too_fragmented();
    link_.drain_at_end();
  }

  link& link_;
  std::size_t fragments_ = 0;
};

}  // namespace wskafka::ws::lean
