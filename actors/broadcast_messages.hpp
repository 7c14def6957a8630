#pragma once

#include "actors/frame_maker.hpp"
#include "actors/group_messages.hpp"
#include "actors/start_point.hpp"

/// The messages between connections, the gateway and the topics' broadcasts;
/// see `messages.hpp`.
namespace wskafka {

/// The topic's tail stands: whoever is in this channel from here on gets
/// everything that is produced from here on.
struct broadcast_ready {
  std::uint64_t subscription = 0;
  std::string topic;
  std::uint64_t channel = 0;
  /// Where a member that named its start begins: it joins the channel as one
  /// that is behind, and says `feed_member` then.
  partition_positions starts;
  /// Nothing that it asked for is gone.
  bool recovered = true;
  /// How far the channel's frames go now.
  std::shared_ptr<const ws::partition_ends> channel_at;
};

/// The member has caught up; no `feed_member` is wanted.
struct broadcast_caught_up {
  std::uint64_t subscription = 0;
  std::string topic;
};

/// The answer to `control_member`: where its partitions stand, or why nothing
/// was changed. `ask_again`: it has caught up meanwhile, and where it stands is
/// to be asked of its shard again.
struct broadcast_controlled {
  std::uint64_t request = 0;
  std::string topic;
  std::vector<kafka::position> positions;
  std::optional<protocol::failure> why;
  bool ask_again = false;
};

/// The server is stopping: no record follows those before these positions. For
/// a member that asked for events.
struct broadcast_ended {
  std::uint64_t subscription = 0;
  std::string topic;
  std::vector<kafka::position> positions;
};

/// What a topic's broadcast may say to its member.
using broadcast_member = caf::typed_actor<
    caf::reacts_to<broadcast_ready>, caf::reacts_to<broadcast_caught_up>,
    caf::reacts_to<broadcast_controlled>, caf::reacts_to<broadcast_ended>,
    caf::reacts_to<subscription_trouble>, caf::reacts_to<subscription_failed>>;

/// Be a member; replaces the connection's earlier membership. Answered by
/// `broadcast_ready` or `subscription_failed`.
struct join_broadcast {
  peer from;
  std::uint64_t subscription = 0;
  broadcast_member member;
  /// How long the tail may take to begin.
  std::chrono::milliseconds timeout{0};
  element look = element::plain;
  /// It is told of gaps; of everything that becomes of the topic.
  bool gaps = false;
  bool events = false;
  /// Its connection was a member before.
  bool again = false;
  /// Null: from wherever the others are when it joins the channel.
  std::shared_ptr<const start_point> start{};
};

/// What the member was sent is written, the answer to its subscribe included:
/// it may be sent more.
struct feed_member {
  std::uint64_t ws = 0;
  std::uint64_t subscription = 0;
};

/// The member stands aside in the channel. `slow`: it had no room, and goes on
/// where the others are when it has; else it goes on where it is.
struct member_fell_behind {
  std::uint64_t ws = 0;
  std::uint64_t subscription = 0;
  bool slow = false;
  ws::partition_ends next;
};

/// Pause, resume, seek, or tell the positions. Answered by
/// `broadcast_controlled`; nothing is sent then until `feed_member`.
struct control_member {
  std::uint64_t ws = 0;
  std::uint64_t subscription = 0;
  /// Echoed by the answer.
  std::uint64_t request = 0;
  partition_action what = partition_action::position;
  /// Those that are meant, with the offsets of `seek`; or `all`.
  partition_positions partitions;
  bool all = false;
  /// Where its shard says that it stands; for `pause` and `seek` it stands
  /// aside there.
  ws::stands_aside place;
};

/// The member's subscription ends.
struct leave_broadcast {
  std::uint64_t ws = 0;
  std::uint64_t subscription = 0;
};

/// The subscription for which the broadcast was sought will not come about.
struct abandon_broadcast {};

/// What a member may say. After `broadcasts_found` it says exactly one
/// `join_broadcast` or `abandon_broadcast` to each.
using broadcast_link = caf::typed_actor<
    caf::reacts_to<join_broadcast>, caf::reacts_to<feed_member>,
    caf::reacts_to<member_fell_behind>, caf::reacts_to<control_member>,
    caf::reacts_to<leave_broadcast>, caf::reacts_to<abandon_broadcast>>;

/// The gateway's answer to `find_broadcasts`: one for each topic, in order.
struct broadcasts_found {
  std::uint64_t subscription = 0;
  std::vector<broadcast_link> links;
};

using broadcast_seeker = caf::typed_actor<caf::reacts_to<broadcasts_found>,
                                          caf::reacts_to<group_refused>>;

/// Which actors broadcast these topics? Answered by `broadcasts_found` or
/// `group_refused`.
struct find_broadcasts {
  std::vector<std::string> topics;
  std::uint64_t subscription = 0;
  broadcast_seeker reply_to;
};

/// Nobody has been a member for a while. `seen`: as in `group_idle`.
struct broadcast_idle {
  std::string topic;
  std::uint64_t seen = 0;
};

/// A member's question or read failed, and may be tried again.
struct feed_due {
  std::uint64_t ws = 0;
};

/// Nobody has joined since the last one left, it may be.
struct no_member_due {
  std::uint64_t seen = 0;
};

/// The topic's actor ended, in order or by an exception.
struct broadcast_gone {
  std::string topic;
};

/// What was buffered is with the shards, and nothing follows.
struct broadcast_stopped {
  std::string topic;
};

}  // namespace wskafka

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(wskafka::broadcast_ready)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(wskafka::broadcast_caught_up)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(wskafka::broadcast_controlled)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(wskafka::broadcast_ended)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(wskafka::join_broadcast)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(wskafka::member_fell_behind)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(wskafka::control_member)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(wskafka::feed_member)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(wskafka::feed_due)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(wskafka::no_member_due)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(wskafka::leave_broadcast)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(wskafka::abandon_broadcast)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(wskafka::broadcasts_found)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(wskafka::find_broadcasts)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(wskafka::broadcast_idle)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(wskafka::broadcast_gone)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(wskafka::broadcast_stopped)
