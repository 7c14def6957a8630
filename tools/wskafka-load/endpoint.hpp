#pragma once

#include <string>
#include <sys/socket.h>

namespace wskafka::load {

/// Where the gateway is: the address, and what its handshake says.
struct endpoint {
  std::string url;
  std::string host;  // as in the Host header, with the port
  std::string path = "/";
  int port = 80;
  sockaddr_storage address{};
  socklen_t address_size = 0;
};

/// Reads `ws://host[:port][/path]` and finds the address. Empty, or a sentence
/// about what to do. Blocks for the name server.
std::string resolve(const std::string& url, endpoint& into);

/// The whole request that opens a WebSocket.
std::string upgrade_request(const endpoint& to);

/// Judges the head of the answer, which ends in an empty line. Empty when the
/// server has agreed, else what it said.
std::string check_upgrade(const std::string& head);

/// What a failed connect means, and what to do.
std::string explain_connect(const endpoint& to, int error);

}  // namespace wskafka::load
