#include "tools/wskafka-load/endpoint.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstring>
#include <netdb.h>

namespace wskafka::load {
namespace {

// One key for all connections, the one of RFC 6455, section 1.3: what matters
// here is that the answer fits it.
constexpr const char* handshake_key = "dGhlIHNhbXBsZSBub25jZQ==";
constexpr const char* accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) {
    return static_cast<char>(std::tolower(c));
  });
  return text;
}

/// The value of a header, in its own case; empty when it is not there.
std::string header(const std::string& head, const std::string& name) {
  const auto at = lower(head).find("\r\n" + name + ":");
  if (at == std::string::npos)
    return {};
  const auto start = head.find_first_not_of(' ', at + 2 + name.size() + 1);
  return head.substr(start, head.find("\r\n", start) - start);
}

}  // namespace

std::string resolve(const std::string& url, endpoint& into) {
  const std::string scheme = "ws://";
  if (url.compare(0, 6, "wss://") == 0)
    return "wss:// is not spoken here: load the gateway behind the proxy that "
           "ends TLS, with ws://";
  if (url.compare(0, scheme.size(), scheme) != 0)
    return fmt::format(
        "'{}' is no WebSocket address; one looks like "
        "ws://localhost:3000",
        url);
  into.url = url;
  std::string place = url.substr(scheme.size());
  if (const auto slash = place.find('/'); slash != std::string::npos) {
    into.path = place.substr(slash);
    place.resize(slash);
  }
  into.host = place;
  std::string port = "80";
  const auto colon = place.rfind(':');
  if (colon != std::string::npos &&
      place.find(']', colon) == std::string::npos) {
    port = place.substr(colon + 1);
    place.resize(colon);
  }
  if (place.size() > 2 && place.front() == '[' && place.back() == ']')
    place = place.substr(1, place.size() - 2);
  const bool numeric =
      !port.empty() && port.size() <= 5 &&
      std::all_of(port.begin(), port.end(),
                  [](unsigned char c) { return std::isdigit(c) != 0; });
  into.port = numeric ? std::stoi(port) : 0;
  if (place.empty() || into.port < 1 || into.port > 65535)
    return fmt::format("'{}' has no host or no port from 1 to 65535", url);

  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int error = getaddrinfo(place.c_str(), port.c_str(), &hints, &found);
  if (error != 0)
    return fmt::format("the host '{}' was not found: {}", place,
                       gai_strerror(error));
  // Gateways listen on IPv4 unless they are told otherwise.
  const addrinfo* best = found;
  for (const addrinfo* one = found; one != nullptr; one = one->ai_next)
    if (one->ai_family == AF_INET) {
      best = one;
      break;
    }
  std::memcpy(&into.address, best->ai_addr, best->ai_addrlen);
  into.address_size = best->ai_addrlen;
  freeaddrinfo(found);
  return {};
}

std::string upgrade_request(const endpoint& to) {
  return fmt::format(
      "GET {} HTTP/1.1\r\nHost: {}\r\nUpgrade: websocket\r\n"
      "Connection: Upgrade\r\nSec-WebSocket-Key: {}\r\n"
      "Sec-WebSocket-Version: 13\r\nUser-Agent: wskafka-load\r\n\r\n",
      to.path, to.host, handshake_key);
}

std::string check_upgrade(const std::string& head) {
  const std::string line = head.substr(0, head.find("\r\n"));
  if (line.compare(0, 5, "HTTP/") != 0)
    return "this is no WebSocket server: it answered without HTTP";
  if (line.find(" 101") == std::string::npos) {
    std::string hint = ": is it a WebSocket server, and is the path right?";
    if (line.find(" 503") != std::string::npos)
      hint =
          ": it takes no more connections; raise its limit "
          "(websocket_config.max_connections) or ask for fewer";
    if (line.find(" 403") != std::string::npos)
      hint = ": it refuses us";
    return fmt::format("the server answered '{}'{}", line, hint);
  }
  if (header(head, "sec-websocket-accept") != accept)
    return "the server's answer does not fit the handshake: it is no WebSocket "
           "server, or something between changed it";
  return {};
}

std::string explain_connect(const endpoint& to, int error) {
  std::string what =
      fmt::format("cannot connect to {}: {}", to.url, std::strerror(error));
  switch (error) {
    case ECONNREFUSED:
      return what + ". Is it running? Start one with tools/run";
    case EADDRNOTAVAIL:
      return what +
             ". This machine has no free port left for it: ask for fewer "
             "connections, or wait a minute";
    case EMFILE:
    case ENFILE:
      return what + ". Raise the limit first: ulimit -n 100000";
    case ETIMEDOUT:
    case EHOSTUNREACH:
    case ENETUNREACH:
      return what + ". Is the address right, and does a firewall allow it?";
    default:
      return what;
  }
}

}  // namespace wskafka::load
