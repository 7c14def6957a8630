#pragma once

#include "net/ws/channel.hpp"

#include <cstdint>
#include <deque>
#include <unordered_map>

namespace wskafka::ws {

/// All channels of a shard, by their numbers. A channel is there while it has
/// members. Not thread-safe.
class channels {
 public:
  /// Members that are served in one turn of the shard's loop, so that reads and
  /// pongs do not wait for a fan-out to thousands.
  static constexpr std::size_t slice = 256;

  void join(const connection_ref& who, const join_channel& how) {
    channels_.try_emplace(how.channel, how.channel)
        .first->second.members.join(who, how);
  }
  void leave(std::uint64_t id, std::uint64_t ws);

  /// A frame for those who are in the channel now; nobody gets it when there
  /// are none.
  void append(fan_out item);

  /// Frames for one member.
  void bring(channel_host& host, std::uint64_t ws, const catch_up& what);

  void stand_aside(channel_host& host, const connection_ref& who,
                   const ws::stand_aside& how);

  /// Serves a slice. False when nothing is left to do.
  bool turn(channel_host& host);

  std::size_t size() const { return channels_.size(); }

 private:
  struct entry {
    explicit entry(std::uint64_t number) : members(number) {}
    channel members;
    bool busy = false;
  };
  std::unordered_map<std::uint64_t, entry> channels_;
  /// Those with frames to send; may name one that is gone.
  std::deque<std::uint64_t> busy_;
};

}  // namespace wskafka::ws
