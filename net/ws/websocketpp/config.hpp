#pragma once

#include "net/ws/frames.hpp"
#include "net/ws/websocketpp/link.hpp"
#include "net/ws/websocketpp/socket.hpp"

#include <websocketpp/concurrency/none.hpp>
#include <websocketpp/config/core.hpp>
#include <websocketpp/logger/stub.hpp>
#include <websocketpp/server.hpp>
#include <websocketpp/transport/asio/endpoint.hpp>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <utility>

/// websocketpp as we use it: one thread, no locks, no logs, no extensions.
namespace wskafka::ws::lean {

/// A request whose header may be smaller than the library's 16,000 bytes. The
/// limit comes through the body limit's setter, the only one that reaches a
/// request before it is read; no body is ever taken.
class request : public websocketpp::http::parser::request {
 public:
  void set_max_body_size(std::size_t limit) {
    websocketpp::http::parser::request::set_max_body_size(0);
    limit_ = limit;
  }

  std::size_t consume(const char* bytes, std::size_t size) {
    const std::size_t used =
        websocketpp::http::parser::request::consume(bytes, size);
    seen_ += used;
    if (seen_ > limit_) {
      using websocketpp::http::status_code::request_header_fields_too_large;
      throw websocketpp::http::exception("Header too large",
                                         request_header_fields_too_large,
                                         "Request Header Fields Too Large");
    }
    return used;
  }

 private:
  std::size_t limit_ = websocketpp::http::max_header_size;
  std::size_t seen_ = 0;
};

using message = websocketpp::config::core::message_type;

/// Makes the messages that are read into. A frame's length is only its
/// sender's claim, so not all of it is reserved at once.
class message_source {
 public:
  using ptr = std::shared_ptr<message_source>;
  using message_ptr = message::ptr;

  message_ptr get_message() { return std::make_shared<message>(nullptr); }
  message_ptr get_message(websocketpp::frame::opcode::value op,
                          std::size_t size) {
    return std::make_shared<message>(nullptr, op,
                                     std::min(size, most_reserved));
  }

 private:
  static constexpr std::size_t most_reserved = 64 * 1024;
};

struct config : websocketpp::config::core {
  using type = config;
  using concurrency_type = websocketpp::concurrency::none;
  using request_type = request;
  using con_msg_manager_type = message_source;
  using alog_type = websocketpp::log::stub;
  using elog_type = websocketpp::log::stub;
  using connection_base = link;

  static const bool enable_multithreading = false;
  static const bool enable_extensions = false;
  static const std::size_t connection_read_buffer_size = 4096;
  static const websocketpp::log::level alog_level =
      websocketpp::log::alevel::none;
  static const websocketpp::log::level elog_level =
      websocketpp::log::elevel::none;

  struct transport_config : websocketpp::config::core::transport_config {
    using concurrency_type = config::concurrency_type;
    using request_type = config::request_type;
    using alog_type = config::alog_type;
    using elog_type = config::elog_type;
    using socket_type = socket_endpoint;
    static const bool enable_multithreading = false;
    static const long timeout_socket_shutdown = 1000;
  };
  using transport_type =
      websocketpp::transport::asio::endpoint<transport_config>;
};

using server = websocketpp::server<config>;
using connection = server::connection_type;
using connection_ptr = server::connection_ptr;

/// A batch on its way: tells the peer when websocketpp lets go of it, that is
/// when its write is done, or when its connection dies.
class sent_message : public message {
 public:
  sent_message(peer& to, frame_batch&& batch)
      : message(nullptr, websocketpp::frame::opcode::text, 0),
        to_(to),
        batch_(std::move(batch)) {
    set_header(batch_.header);
    get_raw_payload().swap(batch_.bytes);
    set_prepared(true);
  }
  ~sent_message() { to_.released(batch_); }

 private:
  peer& to_;
  frame_batch batch_;
};

}  // namespace wskafka::ws::lean
