#include "net/ws/socket_info.hpp"

// The kernel's own header: glibc's structure ends before the field, and the
// two cannot be included together, hence this file.
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace wskafka::ws {

std::uint64_t acknowledged_bytes(int socket) {
  tcp_info info{};
  socklen_t size = sizeof info;
  if (getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &size) != 0)
    return 0;
  return info.tcpi_bytes_acked;
}

}  // namespace wskafka::ws
