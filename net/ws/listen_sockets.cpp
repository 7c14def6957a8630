#include "net/ws/listen_sockets.hpp"

#include <cerrno>
#include <cstring>
#include <memory>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace wskafka::ws {
namespace {

/// Connections that may wait to be accepted; the kernel's own limit
/// (net.core.somaxconn, 4096) applies too.
constexpr int backlog = 4096;

using address_list = std::unique_ptr<addrinfo, decltype(&freeaddrinfo)>;

address_list resolve(const std::string& host, std::uint16_t port,
                     std::string& error) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const int result =
      getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found);
  if (result != 0)
    error = "host " + host + " cannot be resolved: " + gai_strerror(result);
  return address_list(found, &freeaddrinfo);
}

bool enable(int socket, int level, int option) {
  const int on = 1;
  return setsockopt(socket, level, option, &on, sizeof on) == 0;
}

/// -1 and errno on failure. Accepted sockets inherit TCP_NODELAY.
int bind_one(const addrinfo& at, const sockaddr* address, bool shared) {
  const int s = socket(at.ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (s < 0)
    return -1;
  const bool bound = enable(s, SOL_SOCKET, SO_REUSEADDR) &&
                     enable(s, IPPROTO_TCP, TCP_NODELAY) &&
                     (!shared || enable(s, SOL_SOCKET, SO_REUSEPORT)) &&
                     ::bind(s, address, at.ai_addrlen) == 0 &&
                     listen(s, backlog) == 0 &&
                     (shared || enable(s, SOL_SOCKET, SO_REUSEPORT));
  if (bound)
    return s;
  const int why = errno;
  ::close(s);
  errno = why;
  return -1;
}

std::string describe(int why, const std::string& host, std::uint16_t port) {
  const std::string where = "port " + std::to_string(port) + " on " + host;
  if (why == EADDRINUSE)
    return where + " is already in use";
  if (why == EACCES)
    return where + " may not be bound by this user";
  if (why == EADDRNOTAVAIL)
    return host + " is not an address of this machine";
  return where + " cannot be bound: " + std::strerror(why);
}

}  // namespace

listen_sockets::~listen_sockets() {
  for (const int s : sockets_) {
    if (s >= 0)
      ::close(s);
  }
}

std::optional<std::string> listen_sockets::open(const std::string& host,
                                                std::uint16_t port,
                                                unsigned count) {
  std::string error;
  const address_list at = resolve(host, port, error);
  if (!at)
    return error;
  sockaddr_storage address{};
  std::memcpy(&address, at->ai_addr, at->ai_addrlen);
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  for (unsigned i = 0; i < count; ++i) {
    const int s = bind_one(*at, generic, i > 0);
    if (s < 0)
      return describe(errno, host, port);
    sockets_.push_back(s);
    // The port that the kernel chose for the first is the others' too.
    socklen_t size = sizeof address;
    getsockname(s, generic, &size);
  }
  char name[NI_MAXHOST];
  char service[NI_MAXSERV];
  getnameinfo(generic, at->ai_addrlen, name, sizeof name, service,
              sizeof service, NI_NUMERICHOST | NI_NUMERICSERV);
  v6_ = at->ai_family == AF_INET6;
  port_ = static_cast<std::uint16_t>(std::stoi(service));
  address_ = v6_ ? "[" + std::string(name) + "]" : name;
  address_ += ":" + std::to_string(port_);
  return std::nullopt;
}

int listen_sockets::take(unsigned i) {
  return std::exchange(sockets_[i], -1);
}

}  // namespace wskafka::ws
