#pragma once

#include <websocketpp/transport/asio/security/none.hpp>

#include <array>
#include <memory>

namespace wskafka::ws::lean {

namespace plain = websocketpp::transport::asio::basic_socket;

/// websocketpp's plain socket, which can also end with patience. A socket that
/// is closed with unread bytes in it is reset, and a peer that still sends
/// (a frame that is too big, say) then never sees our close frame. So after a
/// violation only our half is closed, and what still comes is read and thrown
/// away until the peer ends, for `timeout_socket_shutdown` at most.
class socket : public plain::connection {
 public:
  void drain_at_end() { drain_ = true; }

 protected:
  using handler = websocketpp::transport::asio::socket::shutdown_handler;

  void async_shutdown(handler done) {
    if (!drain_) {
      plain::connection::async_shutdown(done);
      return;
    }
    boost::system::error_code ignored;
    get_socket().shutdown(boost::asio::ip::tcp::socket::shutdown_send, ignored);
    drain(done);
  }

  /// Its time is over. A read that is done already is not cancelled by that.
  boost::system::error_code cancel_socket() {
    over_ = true;
    return plain::connection::cancel_socket();
  }

 private:
  void drain(handler done) {
    // Nobody looks at it, so all sockets of a thread share it.
    static thread_local std::array<char, 4096> waste;
    auto self = get_shared();
    get_socket().async_read_some(
        boost::asio::buffer(waste),
        [this, self, done](const boost::system::error_code& ec, std::size_t) {
          if (!ec && !over_) {
            drain(done);
            return;
          }
          // Told only now, so that bytes in flight meet an open socket.
          boost::system::error_code ignored;
          get_socket().shutdown(boost::asio::ip::tcp::socket::shutdown_both,
                                ignored);
          done(ec == boost::asio::error::operation_aborted
                   ? ec
                   : boost::system::error_code());
        });
  }

  bool drain_ = false;
  bool over_ = false;
};

/// The endpoint half that belongs to it.
class socket_endpoint : public plain::endpoint {
 public:
  using type = socket_endpoint;
  using socket_con_type = socket;
  using socket_con_ptr = std::shared_ptr<socket>;
};

}  // namespace wskafka::ws::lean
