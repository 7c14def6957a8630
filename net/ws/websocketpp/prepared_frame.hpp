#pragma once

#include "net/ws/frames.hpp"
#include "net/ws/shared_frame.hpp"
#include "net/ws/websocketpp/config.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace wskafka::ws::lean {

/// A shared frame as websocketpp sends it: complete, so that it only reads it.
/// What it takes for the payload is the frame in one piece, with its header.
class prepared_frame final : public shared_frame {
 public:
  prepared_frame(const std::string& header, std::string payload,
                 net::ledger& book)
      : shared_frame(net::shared_charge(book, net::direction::out,
                                        header.size() + payload.size())),
        message_(nullptr, websocketpp::frame::opcode::text, 0),
        header_size_(header.size()) {
    payload.insert(0, header);
    message_.get_raw_payload() = std::move(payload);
    message_.set_prepared(true);
  }

  std::string_view payload() const override {
    return wire_bytes().substr(header_size_);
  }
  std::string_view wire_bytes() const override {
    return message_.get_payload();
  }

  /// A pointer of `to`'s own, which tells it when websocketpp lets go.
  static message::ptr pointer(const shared_frame_ptr& frame, peer& to) {
    // Not changed: websocketpp's type has no const.
    auto& prepared =
        const_cast<prepared_frame&>(static_cast<const prepared_frame&>(*frame));
    return message::ptr(&prepared.message_, [frame, &to](message*) {
      to.share_released(frame->size());
    });
  }

 private:
  message message_;
  const std::size_t header_size_;
};

}  // namespace wskafka::ws::lean
