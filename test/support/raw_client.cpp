#include "test/support/raw_client.hpp"

#include <arpa/inet.h>
#include <cerrno>
#include <cstring>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdexcept>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace wskafka::test {
namespace {

constexpr int patience_ms = 30'000;

void append_big_endian(std::string& to, std::uint64_t value, int bytes) {
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8)
    to.push_back(static_cast<char>(value >> shift & 0xff));
}

std::uint64_t read_big_endian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (const char c : bytes)
    value = value << 8 | static_cast<unsigned char>(c);
  return value;
}

}  // namespace

std::string client_frame(int opcode, std::string_view payload, bool final) {
  std::string out;
  out.push_back(static_cast<char>((final ? 0x80 : 0) | opcode));
  if (payload.size() < 126) {
    out.push_back(static_cast<char>(0x80 | payload.size()));
  } else if (payload.size() <= 0xffff) {
    out.push_back(static_cast<char>(0x80 | 126));
    append_big_endian(out, payload.size(), 2);
  } else {
    out.push_back(static_cast<char>(0x80 | 127));
    append_big_endian(out, payload.size(), 8);
  }
  const char mask[4] = {0x11, 0x22, 0x33, 0x44};
  out.append(mask, 4);
  for (std::size_t i = 0; i < payload.size(); ++i)
    out.push_back(static_cast<char>(payload[i] ^ mask[i % 4]));
  return out;
}

raw_client::raw_client(std::uint16_t port, int receive_buffer) {
  socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (receive_buffer > 0)
    setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_buffer,
               sizeof receive_buffer);
  const int on = 1;
  setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket_, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0)
    throw std::runtime_error(std::string("connect: ") + std::strerror(errno));
}

raw_client::~raw_client() {
  close();
}

raw_client::raw_client(raw_client&& other) noexcept
    : socket_(std::exchange(other.socket_, -1)),
      buffer_(std::move(other.buffer_)) {}

std::string raw_client::handshake(const std::string& headers,
                                  const std::string& version) {
  std::string request =
      "GET /any HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
      "Connection: Upgrade\r\n"
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
  if (!version.empty())
    request += "Sec-WebSocket-Version: " + version + "\r\n";
  send(request + headers + "\r\n");
  return read_head();
}

raw_client& raw_client::upgrade() {
  const std::string response = handshake();
  if (response.rfind("HTTP/1.1 101 ", 0) != 0)
    throw std::runtime_error("handshake refused: " + response);
  return *this;
}

bool raw_client::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n <= 0)
      return false;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

bool raw_client::fill() {
  pollfd wait{socket_, POLLIN, 0};
  if (::poll(&wait, 1, patience_ms) != 1)
    throw std::runtime_error("nothing came from the server in time");
  char bytes[65536];
  const ssize_t n = ::recv(socket_, bytes, sizeof bytes, 0);
  if (n <= 0)
    return false;
  buffer_.append(bytes, static_cast<std::size_t>(n));
  return true;
}

std::optional<raw_frame> raw_client::read() {
  const auto need = [this](std::size_t n) {
    while (buffer_.size() < n) {
      if (!fill())
        return false;
    }
    return true;
  };
  if (!need(2))
    return std::nullopt;
  std::size_t head = 2;
  std::uint64_t size = static_cast<unsigned char>(buffer_[1]) & 0x7f;
  if (size >= 126) {
    const std::size_t extra = size == 126 ? 2 : 8;
    if (!need(2 + extra))
      return std::nullopt;
    size = read_big_endian(std::string_view(buffer_).substr(2, extra));
    head += extra;
  }
  if (!need(head + size))
    return std::nullopt;
  raw_frame frame;
  frame.opcode = buffer_[0] & 0x0f;
  frame.final = (buffer_[0] & 0x80) != 0;
  frame.payload = buffer_.substr(head, size);
  buffer_.erase(0, head + size);
  return frame;
}

std::optional<raw_frame> raw_client::read_data(bool answer) {
  for (;;) {
    auto frame = read();
    if (!frame || frame->opcode != 9)
      return frame;
    if (answer)
      send(client_frame(10, frame->payload));
  }
}

int raw_client::close_code() {
  while (const auto frame = read()) {
    if (frame->opcode != 8)
      continue;
    if (frame->payload.size() < 2)
      return 1005;
    return static_cast<int>(
        read_big_endian(std::string_view(frame->payload).substr(0, 2)));
  }
  return 1006;
}

bool raw_client::ends() {
  while (fill())
    buffer_.clear();
  return true;
}

std::string raw_client::read_head() {
  std::size_t end = 0;
  while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) {
    if (!fill())
      return std::exchange(buffer_, "");
  }
  std::string head = buffer_.substr(0, end + 4);
  buffer_.erase(0, end + 4);
  return head;
}

std::string raw_client::read_all() {
  while (fill()) {
  }
  return std::exchange(buffer_, "");
}

void raw_client::reset() {
  const linger now{1, 0};
  setsockopt(socket_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  close();
}

void raw_client::close() {
  if (socket_ >= 0)
    ::close(std::exchange(socket_, -1));
}

}  // namespace wskafka::test
