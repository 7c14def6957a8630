#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace wskafka::test {

/// One frame as it came from the server.
struct raw_frame {
  int opcode = 0;
  bool final = true;
  std::string payload;
};

/// A masked frame of a client; `length` overrides the length that is claimed.
std::string client_frame(int opcode, std::string_view payload,
                         bool final = true);

/// A WebSocket client that does only what it is told, also wrong things:
/// blocking, one thread, a time-out on every wait as a failure only.
class raw_client {
 public:
  /// Connects to 127.0.0.1. `receive_buffer` 0 leaves the system's.
  explicit raw_client(std::uint16_t port, int receive_buffer = 0);
  ~raw_client();
  raw_client(raw_client&& other) noexcept;
  raw_client& operator=(raw_client&&) = delete;

  /// Sends a handshake with these further header lines, each ended by \r\n;
  /// the response up to its empty line.
  std::string handshake(const std::string& headers = "",
                        const std::string& version = "13");

  /// Handshakes and fails the test if it is refused.
  raw_client& upgrade();

  /// False when the connection is gone.
  bool send(std::string_view bytes);
  bool send_text(std::string_view payload) {
    return send(client_frame(1, payload));
  }

  /// The next frame; none when the connection ends first.
  std::optional<raw_frame> read();

  /// The next frame that is no ping; pings are answered when `answer` is set.
  std::optional<raw_frame> read_data(bool answer = true);

  /// The code of the close frame that comes sooner or later; 1006 when TCP
  /// ends without, 1005 when it has none.
  int close_code();

  /// Whether TCP ends, whatever comes before.
  bool ends();

  /// Up to an empty line.
  std::string read_head();
  std::string read_all();

  /// Ends the connection with a reset.
  void reset();
  void close();

 private:
  bool fill();

  int socket_ = -1;
  std::string buffer_;
};

}  // namespace wskafka::test
