#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace wskafka::ws {

/// Listening TCP sockets on one address and port, one for each shard: the
/// kernel spreads connections over them. They close when this goes, those
/// apart that were taken.
class listen_sockets {
 public:
  listen_sockets() = default;
  listen_sockets(const listen_sockets&) = delete;
  listen_sockets& operator=(const listen_sockets&) = delete;
  ~listen_sockets();

  /// `port` 0 takes one free port for all. The first socket is bound and
  /// listens before it may share the port, so that a second process fails here
  /// rather than taking half of the connections. The error as a sentence.
  std::optional<std::string> open(const std::string& host, std::uint16_t port,
                                  unsigned count);

  /// Where they listen, `host:port`, an IPv6 address in brackets.
  const std::string& address() const { return address_; }
  std::uint16_t port() const { return port_; }

  /// Of address family v6, for whoever wraps the descriptors.
  bool v6() const { return v6_; }

  /// The i-th socket, no longer ours.
  int take(unsigned i);

 private:
  std::vector<int> sockets_;
  std::string address_;
  std::uint16_t port_ = 0;
  bool v6_ = false;
};

}  // namespace wskafka::ws
