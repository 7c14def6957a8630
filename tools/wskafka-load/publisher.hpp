#pragma once

#include "tools/wskafka-load/client.hpp"

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace wskafka::load {

/// A connection that publishes. Its message k goes to topic (id + k) mod
/// topics and has the JSON id k, so that a refusal tells which one it was.
class publisher : public client {
 public:
  publisher(loop& owner, std::uint32_t id);

  std::uint32_t id() const { return id_; }

  /// A burst is due since `intended`: sent now, or behind those that wait for
  /// the socket.
  void due(std::int64_t intended);
  /// Whether a closed loop may send another burst now.
  bool free() const;
  /// Sends one, due now.
  void burst();
  /// One message of ours is done with: it came back, or was refused.
  void completed() {
    if (in_flight_ > 0)
      --in_flight_;
  }
  /// Bursts that still wait count as not sent.
  void give_up_owed();
  bool owes() const { return !owed_.empty(); }
  void fence();

  void on_message(std::string_view text) override;
  void on_flushed() override;
  void on_end(const std::string& why, bool asked) override;

 private:
  void emit(std::int64_t intended);
  void append(std::string& out, std::uint64_t k, std::int64_t intended,
              std::uint32_t lag_us);
  std::size_t size_of(std::uint64_t k) const;
  void answered(std::uint64_t k, bool stored);

  const std::uint32_t id_;
  const std::size_t frames_;           // a burst
  const std::size_t in_flight_limit_;  // 0: none
  /// Per topic, what stands between the id and the mark.
  std::vector<std::string> middles_;
  std::uint64_t next_ = 0;
  std::size_t in_flight_ = 0;
  /// Where receipts are asked for: messages from `first_` on that have no
  /// answer yet, or that stand behind one of these.
  struct awaited {
    std::int64_t intended = 0;
    std::int64_t sent = 0;
    bool answered = false;
  };
  std::deque<awaited> awaited_;
  std::uint64_t first_ = 0;
  std::deque<std::int64_t> owed_;
};

}  // namespace wskafka::load
