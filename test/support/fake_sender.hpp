#pragma once

#include "net/ws/sender.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace wskafka::test {

using json = nlohmann::ordered_json;

/// The WebSocket edge with no sockets: keeps what is sent to each connection,
/// by channels too, charged until the test says that it was written, and plays
/// the peer. Used by one thread.
class fake_sender final : public ws::sender {
 public:
  void send(ws::outgoing item) override;
  void send(unsigned shard, std::vector<ws::outgoing>& burst) override;

  /// What the connection was sent since the last `take`, parsed, in order.
  std::vector<json> take(std::uint64_t ws);

  /// The only one: throws when there is none, or there are more.
  json take_one(std::uint64_t ws);

  /// The same as sent.
  std::vector<std::string> take_text(std::uint64_t ws);

  /// All that was sent leaves; its charges are released. True when `written`
  /// is to be told.
  bool write(std::uint64_t ws);

  /// The highest number that is to be confirmed when the peer has read it all;
  /// 0 before the first.
  std::uint64_t confirmable(std::uint64_t ws) const;

  /// How often the connection was to be pinged at once.
  unsigned hurried(std::uint64_t ws) const;

  /// Why the connection is to be closed.
  std::vector<ws::close_reason> closed(std::uint64_t ws) const;

  /// Of a channel's member that `drops`: it has no room from here on, or again.
  void stall(std::uint64_t ws, bool on) { stalled_[ws] = on; }

  /// Whether it was said to be closed as soon as it does not keep up.
  bool impatient(std::uint64_t ws) const;

  /// Whether it was said that it may be silent.
  bool silent(std::uint64_t ws) const;

  /// Where members said that they stand; the test passes them on.
  std::vector<ws::stands_aside> places;

  /// Called where a member gets the last frames that it was behind with.
  std::function<void()> on_last = [] {};

  /// How many frames were made for channels.
  unsigned fan_outs = 0;

  /// From here on texts throw; closes still go.
  bool broken = false;

  /// Forgets, and releases, everything.
  void clear() { connections_.clear(); }

 private:
  struct connection {
    std::vector<std::string> texts;
    std::vector<ws::text> unwritten;
    std::uint64_t confirm = 0;
    unsigned hurried = 0;
    bool impatient = false;
    bool silent = false;
    std::vector<ws::close_reason> closed;
  };
  struct channel {
    /// By `ws`, and how they joined.
    std::map<std::uint64_t, std::pair<ws::connection_ref, ws::join_channel>>
        members;
    /// Where its frames end.
    std::map<std::int32_t, std::int64_t> at;
  };
  const connection& at(std::uint64_t ws) const;
  void send_to_channel(const ws::outgoing& item);
  void join(channel& to, const ws::outgoing& item);
  void fan_out(channel& to, const ws::fan_out& what);
  void bring(std::uint64_t ws, channel& to, const ws::catch_up& what);
  void stand_aside(channel& in, std::uint64_t ws, const ws::stand_aside& how);

  std::map<std::uint64_t, connection> connections_;
  /// By number and shard.
  std::map<std::pair<std::uint64_t, std::uint16_t>, channel> channels_;
  std::map<std::uint64_t, bool> stalled_;
};

}  // namespace wskafka::test
