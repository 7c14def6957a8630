#include "tools/wskafka-load/connection.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>

namespace wskafka::load {
namespace {

constexpr std::uint32_t control_mask = 0x5A3C96E1;
constexpr std::size_t longest_head = 16384;

}  // namespace

void connection::start(int poll) {
  poll_ = poll;
  socket_ = descriptor(::socket(to_.address.ss_family,
                                SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket_.open())
    return end(explain_connect(to_, errno));
  const int on = 1;
  setsockopt(socket_.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  state_ = state::connecting;
  const void* const to = &to_.address;
  if (::connect(socket_.get(), static_cast<const sockaddr*>(to),
                to_.address_size) != 0 &&
      errno != EINPROGRESS)
    return end(explain_connect(to_, errno));
  epoll_event event{};
  event.events = watched_ = EPOLLOUT;
  event.data.ptr = this;
  epoll_ctl(poll_, EPOLL_CTL_ADD, socket_.get(), &event);
}

void connection::handle(std::uint32_t events, std::vector<char>& buffer) {
  if (state_ == state::connecting) {
    if ((events & (EPOLLOUT | EPOLLERR | EPOLLHUP)) != 0)
      connected();
    return;
  }
  if ((events & (EPOLLIN | EPOLLERR | EPOLLHUP)) != 0 && state_ != state::ended)
    read(buffer);
  if ((events & EPOLLOUT) != 0 && state_ != state::ended)
    flush();
}

void connection::connected() {
  int error = 0;
  socklen_t size = sizeof error;
  getsockopt(socket_.get(), SOL_SOCKET, SO_ERROR, &error, &size);
  if (error != 0)
    return end(explain_connect(to_, error));
  state_ = state::upgrading;
  write(upgrade_request(to_));
  watch();
}

void connection::read(std::vector<char>& buffer) {
  const auto size = recv(socket_.get(), buffer.data(), buffer.size(), 0);
  if (size < 0) {
    if (errno != EAGAIN && errno != EINTR)
      end(fmt::format("reading failed: {}", std::strerror(errno)));
    return;
  }
  if (size == 0)
    return end(state_ == state::upgrading
                   ? "the server ended the connection instead of answering the "
                     "handshake: is it a WebSocket server?"
                   : "the server ended the connection without a close frame");
  const std::string_view bytes(buffer.data(), static_cast<std::size_t>(size));
  if (state_ == state::upgrading)
    read_upgrade(bytes);
  else
    read_frames(bytes);
}

void connection::read_upgrade(std::string_view bytes) {
  const std::size_t before = head_.size();
  head_.append(bytes);
  const auto end_of_head = head_.find("\r\n\r\n");
  if (end_of_head == std::string::npos) {
    if (head_.size() > longest_head ||
        head_.compare(0, 5, "HTTP/", 0,
                      std::min<std::size_t>(5, head_.size())) != 0)
      end(check_upgrade(head_.size() > longest_head ? "" : head_));
    return;
  }
  const std::string why = check_upgrade(head_.substr(0, end_of_head + 4));
  if (!why.empty())
    return end(why);
  state_ = state::open;
  head_ = {};
  listener_.on_open();
  // The server may have sent frames behind its answer.
  const std::string_view rest = bytes.substr(end_of_head + 4 - before);
  if (!rest.empty() && state_ != state::ended)
    read_frames(rest);
}

void connection::read_frames(std::string_view bytes) {
  reader_.feed(bytes);
  while (const auto got = reader_.next()) {
    switch (got->type) {
      case opcode::ping: {
        std::string pong;
        append_frame(pong, opcode::pong, got->payload, control_mask);
        write(pong);
        break;
      }
      case opcode::pong:
      case opcode::continuation:
        break;
      case opcode::close:
        return on_close_frame(got->payload);
      case opcode::text:
      case opcode::binary:
        listener_.on_message(got->payload);
        break;
    }
    if (state_ == state::ended)
      return;
  }
  if (!reader_.error().empty())
    end("the server broke the WebSocket protocol: it sent " + reader_.error());
}

void connection::on_close_frame(std::string_view payload) {
  std::string why = "the server closed the connection without a code";
  if (payload.size() >= 2) {
    close_code_ = static_cast<unsigned char>(payload[0]) * 256 +
                  static_cast<unsigned char>(payload[1]);
    why = fmt::format("the server closed the connection with {}", close_code_);
    if (payload.size() > 2)
      why += fmt::format(" '{}'", payload.substr(2));
  }
  std::string answer;
  append_frame(answer, opcode::close, payload.substr(0, 2), control_mask);
  if (state_ == state::open)
    write(answer);
  if (state_ != state::ended)
    end(why);
}

void connection::send(std::string_view frames) {
  if (state_ == state::open)
    write(frames);
}

void connection::send_text(std::string_view text) {
  std::string frame;
  append_frame(frame, opcode::text, text, control_mask);
  send(frame);
}

void connection::write(std::string_view bytes) {
  if (waiting() == 0) {
    const auto size =
        ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (size < 0 && errno != EAGAIN && errno != EINTR) {
      const int error = errno;
      out_.append(bytes);  // so that `waiting` tells what was not sent
      return end(fmt::format("writing failed: {}", std::strerror(error)));
    }
    bytes.remove_prefix(size < 0 ? 0 : static_cast<std::size_t>(size));
    if (bytes.empty())
      return;
  }
  out_.append(bytes);
  watch();
}

void connection::flush() {
  if (waiting() == 0)
    return;
  const auto size =
      ::send(socket_.get(), out_.data() + out_at_, waiting(), MSG_NOSIGNAL);
  if (size < 0) {
    if (errno != EAGAIN && errno != EINTR)
      end(fmt::format("writing failed: {}", std::strerror(errno)));
    return;
  }
  out_at_ += static_cast<std::size_t>(size);
  if (waiting() > 0)
    return;
  out_.clear();
  out_at_ = 0;
  watch();
  listener_.on_flushed();
}

void connection::watch() {
  const std::uint32_t wanted =
      (reading_ ? EPOLLIN : 0U) | (waiting() > 0 ? EPOLLOUT : 0U);
  if (wanted == watched_ || !socket_.open() || state_ == state::connecting)
    return;
  epoll_event event{};
  event.events = watched_ = wanted;
  event.data.ptr = this;
  epoll_ctl(poll_, EPOLL_CTL_MOD, socket_.get(), &event);
}

void connection::stop_reading() {
  reading_ = false;
  watch();
}

void connection::close() {
  // The answer comes behind all that was not read.
  reading_ = true;
  watch();
  if (state_ != state::open) {
    if (state_ != state::ended && state_ != state::closing)
      end("given up");
    return;
  }
  std::string frame;
  append_frame(frame, opcode::close, std::string_view("\x03\xE8", 2),
               control_mask);
  write(frame);
  if (state_ == state::open)
    state_ = state::closing;
}

void connection::drop() {
  const linger at_once{1, 0};
  if (socket_.open())
    setsockopt(socket_.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  if (state_ != state::ended) {
    state_ = state::closing;
    end("dropped");
  }
}

bool connection::same_machine() const {
  sockaddr_storage ours{};
  sockaddr_storage theirs{};
  socklen_t size = sizeof ours;
  void* const our_place = &ours;
  void* const their_place = &theirs;
  if (getsockname(socket_.get(), static_cast<sockaddr*>(our_place), &size) != 0)
    return false;
  size = sizeof theirs;
  if (getpeername(socket_.get(), static_cast<sockaddr*>(their_place), &size) !=
      0)
    return false;
  if (ours.ss_family == AF_INET)
    return static_cast<sockaddr_in*>(our_place)->sin_addr.s_addr ==
           static_cast<sockaddr_in*>(their_place)->sin_addr.s_addr;
  return IN6_ARE_ADDR_EQUAL(
      &static_cast<sockaddr_in6*>(our_place)->sin6_addr,
      &static_cast<sockaddr_in6*>(their_place)->sin6_addr);
}

void connection::end(const std::string& why) {
  if (state_ == state::ended)
    return;
  const bool asked = state_ == state::closing;
  state_ = state::ended;
  socket_.close();
  listener_.on_end(why, asked);
}

}  // namespace wskafka::load
