#pragma once

#include "actors/messages.hpp"
#include "actors/start_point.hpp"
#include "protocol/record_batch.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

/// What a consumer group's actor and its members say to each other; see
/// `messages.hpp`.
namespace wskafka {

// -- from the group to its member

/// Records of one partition for one member.
struct delivery {
  std::shared_ptr<const protocol::record_batch> batch;
  /// The member's subscription and the partition's owner epoch that they were
  /// polled for; both must be current.
  std::uint64_t subscription = 0;
  std::uint32_t owner_epoch = 0;
  net::charge held;
  /// The first record that still waits; those before it were sent.
  std::size_t begin = 0;

  std::size_t messages() const { return batch->records.size() - begin; }
};

/// Records to deliver.
struct deliver {
  std::shared_ptr<std::vector<delivery>> what;
};

/// A position that the peer confirmed, or up to which was sent.
struct owned_position {
  kafka::topic_partition at;
  std::uint32_t owner_epoch = 0;
  std::int64_t offset = 0;
};

/// The member's partitions are positioned.
struct subscription_ready {
  std::uint64_t subscription = 0;
  /// Where the partitions of its topics stand that this process holds; told to
  /// a member that named its start. One of an owner epoch of which it was sent
  /// something stands behind that.
  std::vector<owned_position> starts{};
  /// Those that it has already; told to a member that asked for events.
  std::vector<owned_position> owned{};
};

/// The join failed; the member is not in the group.
struct subscription_failed {
  std::uint64_t subscription = 0;
  protocol::failure why;
};

/// The partition moves away from you: drop what is unsent, have confirmed what
/// was sent, and say how far that is by `gave_back`.
struct take_back {
  std::uint64_t subscription = 0;
  /// Echoed by the answer.
  std::uint32_t order = 0;
  std::vector<kafka::topic_partition> partitions;
};

/// The answer to `control_partitions`: where these partitions stand now, or why
/// nothing was changed.
struct partitions_controlled {
  std::uint64_t request = 0;
  std::vector<kafka::position> positions;
  std::optional<protocol::failure> why;
};

/// These partitions are not the member's any more: what it was sent of them is
/// not its own to confirm.
struct partitions_moved {
  std::uint64_t subscription = 0;
  std::vector<kafka::topic_partition> partitions;
};

/// For a member that asked for events: something is wrong with the topic, or,
/// where that is empty, with the group.
struct subscription_trouble {
  std::uint64_t subscription = 0;
  protocol::failure why;
  std::string topic;
};

/// For a member that asked for events: these partitions are its own from here
/// on, or not any more; where it begins, or the next one will;
/// of an owner epoch of which it was sent something, behind that.
struct ownership_changed {
  std::uint64_t subscription = 0;
  bool assigned = false;
  std::vector<owned_position> positions;
};

/// For a member that asked for events: the gateway stops, and this was the last
/// delivery. What was confirmed of its partitions ends here.
struct group_draining {
  std::uint64_t subscription = 0;
  std::vector<owned_position> confirmed;
};

/// What a group may say to its member.
using group_member = caf::typed_actor<
    caf::reacts_to<deliver>, caf::reacts_to<subscription_ready>,
    caf::reacts_to<subscription_failed>, caf::reacts_to<take_back>,
    caf::reacts_to<partitions_controlled>, caf::reacts_to<partitions_moved>,
    caf::reacts_to<ownership_changed>, caf::reacts_to<subscription_trouble>,
    caf::reacts_to<group_draining>>;

// -- from the member to its group

/// The peer confirmed everything below these positions.
struct positions_confirmed {
  std::uint64_t ws = 0;
  std::vector<owned_position> positions;
  /// Nothing that was sent is unconfirmed now.
  bool everything = false;
};

/// The answer to `take_back`: what was sent ends at these positions; of the
/// partitions that have none nothing was sent.
struct gave_back {
  std::uint64_t ws = 0;
  std::uint32_t order = 0;
  std::vector<owned_position> positions;
};

/// Pause, resume or seek these partitions, or tell their positions. Answered by
/// `partitions_controlled` when the member owns all of them, in the group's own
/// time; one that comes after the deadline changes nothing.
struct control_partitions {
  std::uint64_t ws = 0;
  /// Echoed by the answer.
  std::uint64_t request = 0;
  partition_action what = partition_action::position;
  std::vector<kafka::position> partitions;
  /// Not these: all that it owns.
  bool all = false;
  /// What was sent ends here. For `pause` and `seek` that is the end: the
  /// member has dropped what it had of these partitions besides, and drops what
  /// comes before the answer.
  std::vector<owned_position> sent;
  time_point deadline;
};

/// A member that owes acks has waited too long.
struct ack_due {};

/// Be a member with these topics; replaces the member's earlier topics in this
/// group. Answered by `subscription_ready` or `subscription_failed`.
struct join_group {
  std::vector<std::string> topics;
  std::uint64_t subscription = 0;
  peer from;
  group_member member;
  /// It confirms by acks of its own, whatever `autoCommit` says.
  bool acks = false;
  /// It is to hear of what becomes of its partitions.
  bool events = false;
  /// Those of its topics that its patterns mean only now: they start at their
  /// first record.
  std::vector<std::string> fresh{};
  /// Where partitions without a commit start; null: as configured.
  std::shared_ptr<const start_point> start{};
  /// The client has not asked for it: its patterns mean more topics now.
  bool widens = false;
};

/// The subscription for which the group was sought will not come about.
struct abandon_group {};

/// The member's subscription ends.
struct leave_group {
  std::uint64_t ws = 0;
  std::uint64_t subscription = 0;
  /// The connection is closed: nothing will be confirmed any more.
  bool gone = false;
  /// What was sent ends here.
  std::vector<owned_position> sent;
};

/// What a member may say to its group. After `group_found` it says exactly one
/// `join_group` or `abandon_group`.
using group_link = caf::typed_actor<
    caf::reacts_to<join_group>, caf::reacts_to<leave_group>,
    caf::reacts_to<abandon_group>, caf::reacts_to<positions_confirmed>,
    caf::reacts_to<gave_back>, caf::reacts_to<control_partitions>>;

/// The gateway's answer to `find_group`.
struct group_found {
  std::uint64_t subscription = 0;
  group_link group;
};

/// The gateway's other answer: there are too many groups, or it is stopping.
struct group_refused {
  std::uint64_t subscription = 0;
  protocol::failure why;
};

using group_seeker = caf::typed_actor<caf::reacts_to<group_found>,
                                      caf::reacts_to<group_refused>>;

/// Which actor is this group's? Answered by `group_found` or `group_refused`.
struct find_group {
  std::string group;
  std::uint64_t subscription = 0;
  group_seeker reply_to;
};

// -- inside the group

struct handover_due {};
struct union_due {};
struct linger_due {};
struct starts_due {
  std::uint64_t round = 0;
};
struct settle_due {
  std::uint64_t generation = 0;
};
struct commit_due {};
struct place_due {};

}  // namespace wskafka

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(wskafka::deliver)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(wskafka::subscription_ready)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(wskafka::subscription_failed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(wskafka::take_back)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(wskafka::control_partitions)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(wskafka::partitions_controlled)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(wskafka::partitions_moved)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(wskafka::ownership_changed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(wskafka::group_draining)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(wskafka::subscription_trouble)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(wskafka::positions_confirmed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(wskafka::gave_back)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(wskafka::leave_group)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(wskafka::abandon_group)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(wskafka::join_group)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(wskafka::group_found)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(wskafka::group_refused)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(wskafka::find_group)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(wskafka::settle_due)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(wskafka::handover_due)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(wskafka::union_due)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(wskafka::linger_due)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(wskafka::ack_due)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(wskafka::starts_due)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(wskafka::commit_due)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(wskafka::place_due)
