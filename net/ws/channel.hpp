#pragma once

#include "net/ws/events.hpp"
#include "net/ws/shared_frame.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <unordered_map>
#include <vector>

namespace wskafka::ws {

class peer;

/// Where a channel finds its members' connections.
class channel_host {
 public:
  /// Null when it is gone.
  virtual peer* find_peer(const connection_ref& ref) = 0;

  /// A hint: it will be asked for. Told twice, the second time with `soon`,
  /// when what was fetched then tells where the rest is.
  virtual void expect(const connection_ref&, bool /*soon*/) {}

 protected:
  ~channel_host() = default;
};

/// The connections of one shard that get the same frames. Each gets every frame
/// that was appended after it joined, in order. They are served in rounds, some
/// of them in each turn of the shard's loop; what is appended meanwhile goes
/// along, so that a busy shard writes more at once. Who has no room in its out
/// budget for the next frame is closed as slow, or left behind if it is one
/// that `drops`. Who is behind gets nothing of that until it has caught up. Not
/// thread-safe.
class channel {
 public:
  explicit channel(std::uint64_t number = 0) : number_(number) {}

  /// Joining twice changes nothing.
  void join(const connection_ref& who, const join_channel& how = {});
  void leave(std::uint64_t ws);
  void append(shared_frame_ptr frame, bool gap = false,
              std::shared_ptr<const partition_ends> ends = nullptr) {
    frames_.push_back({std::move(frame), gap, std::move(ends)});
  }
  /// For a member that is behind; nothing happens to others.
  void bring(channel_host& host, std::uint64_t ws, const catch_up& what);

  /// Answers through the member's connection, if that is there.
  void stand_aside(channel_host& host, const connection_ref& who,
                   const ws::stand_aside& how);

  std::size_t members() const { return members_.size(); }
  /// Frames that some member may still lack.
  std::size_t waiting() const { return frames_.size(); }

  /// Sends the next `most` members what they lack. False when nobody lacks
  /// anything; then no frame is kept.
  bool turn(channel_host& host, std::size_t most);

 private:
  struct member {
    connection_ref ref;
    /// The number of the first frame that it lacks.
    std::uint64_t next = 0;
    bool gaps = false;
    bool behind = false;
    bool drops = false;
  };
  struct entry {
    shared_frame_ptr frame;
    bool gap = false;
    std::shared_ptr<const partition_ends> ends;
  };
  std::uint64_t end() const { return first_ + frames_.size(); }
  void look_ahead(channel_host& host) const;
  bool serve(channel_host& host, member& to);
  stands_aside place_of(const member& who) const;
  void know(const partition_ends& ends);
  void remove(std::size_t place);
  void move(std::size_t from, std::size_t to);
  void end_round();

  const std::uint64_t number_;
  std::deque<entry> frames_;
  /// The number of the first frame in it.
  std::uint64_t first_ = 0;
  /// Where the partitions stand before that one; empty until somebody told.
  std::map<std::int32_t, std::int64_t> passed_;

  /// Those before `at_` were served in this round, and lack nothing below
  /// `round_end_`.
  std::vector<member> members_;
  std::size_t at_ = 0;
  std::uint64_t round_end_ = 0;
  /// Where in `members_` each is.
  std::unordered_map<std::uint64_t, std::size_t> places_;
};

}  // namespace wskafka::ws
