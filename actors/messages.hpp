#pragma once

#include "actors/delivery_mode.hpp"
#include "actors/peer.hpp"
#include "actors/start_point.hpp"
#include "net/kafka/edge.hpp"
#include "net/kafka/publish_batch.hpp"
#include "net/ledger.hpp"

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/typed_actor.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

/// Every message between actors, a named struct each. They stay in the
/// process; what is large or move-only travels behind a shared pointer. Where a
/// message asks for an answer it carries a handle of the small interface that
/// takes the answer, declared here beside it; the actors' full interfaces stand
/// in `interfaces.hpp`; those of groups in `group_messages.hpp`, of
/// broadcasting in `broadcast_messages.hpp`.
namespace wskafka {

using time_point = std::chrono::steady_clock::time_point;
using partition_action = protocol::partitions_request::action;

// -- common

/// The actor's inbox has items (sent by the edges' threads).
struct inbox_ready {};

/// A buffer's interval is over. Of an `mq_buffer` it is stale unless the
/// generation is current; a router looks at which of its buffers are due.
struct flush_due {
  std::uint64_t generation = 0;
};

/// A deadline that the actor armed for itself. Where it may be armed anew
/// before it comes, one of another generation is stale.
struct deadline_due {
  std::uint64_t generation = 0;
};

/// The connection is gone.
struct peer_closed {};

/// The server is stopping, and the mq buffers are empty. To a producer: tell
/// `producer_flushed` when nothing waits for its topic any more. The second
/// time: what still waits is answered SHUTTING_DOWN.
struct flush_now {
  bool give_up = false;
};

/// To a connection: flush deliveries, ping, answer what waits. It is closed at
/// the deadline at the latest.
struct drain {
  time_point deadline;
};

// -- actor state, for the health message

/// One actor's state as a JSON object's text.
struct described {
  std::uint64_t query = 0;
  std::size_t index = 0;
  std::string state;
};

using health_collector = caf::typed_actor<caf::reacts_to<described>>;

/// Tell your state to the collector.
struct describe {
  std::uint64_t query = 0;
  std::size_t index = 0;
  health_collector to;
};

/// Whoever can be asked for its state.
using describable_actor = caf::typed_actor<caf::reacts_to<describe>>;

/// What the gateway says to the actors of one connection.
using describable_connection =
    caf::typed_actor<caf::reacts_to<describe>, caf::reacts_to<drain>>;
using describable_producer =
    caf::typed_actor<caf::reacts_to<describe>, caf::reacts_to<flush_now>>;

// -- topics

/// A `create` that was announced by `expect_topics` ended.
struct topics_created {
  std::vector<std::string> topics;
};

using topics_watcher = caf::typed_actor<caf::reacts_to<topics_created>>;

/// The answer to `create_topics`, `remove_topics` and `check_topics`: one
/// outcome per name.
struct topics_ready {
  std::uint64_t request = 0;
  std::vector<kafka::create_outcome> outcomes;
};

using topic_client = caf::typed_actor<caf::reacts_to<topics_ready>>;

/// What is told of topics beside their names, by name.
using topic_shapes = std::map<std::string, kafka::topic_shape>;

/// Create these topics.
struct create_topics {
  std::vector<std::string> topics;
  std::uint64_t request = 0;
  std::chrono::milliseconds timeout{0};
  topic_client reply_to;
  /// Null: of none of them is anything told.
  std::shared_ptr<const topic_shapes> shapes = nullptr;
};

/// Delete these topics.
struct remove_topics {
  std::vector<std::string> topics;
  std::uint64_t request = 0;
  std::chrono::milliseconds timeout{0};
  topic_client reply_to;
};

/// Make sure that these topics exist: create what is missing, or, without
/// `auto_create_topics`, fail it.
struct check_topics {
  std::vector<std::string> topics;
  std::uint64_t request = 0;
  std::chrono::milliseconds timeout{0};
  topic_client reply_to;
};

/// Answer the peer with the list of topics.
struct list_topics {
  peer from;
  owned_envelope head;
  time_point deadline;
  /// What it is charged with until it is answered.
  std::shared_ptr<net::charge> held;
};

/// A list has waited too long for the topics.
struct list_due {};

// -- publishing

/// What waited in a connection's mq buffer, in order.
struct publish {
  std::vector<std::shared_ptr<kafka::publish_batch>> batches;
};

/// The connection asked to create these: publishes to them wait for
/// `topics_created`, they are not missing.
struct expect_topics {
  std::vector<std::string> topics;
};

// -- the connection's ordered requests

/// A request that a connection carries out in order.
struct control_request {
  enum class kind : std::uint8_t {
    create,
    list,
    subscribe,
    unsubscribe,
    /// `pause`, `resume`, `seek`, `position`: which of them tells `action`.
    partitions,
    describe,
    offsets,
    /// `delete`.
    remove,
  };
  kind what = kind::list;
  owned_envelope head;
  std::vector<std::string> topics;
  /// What is meant by patterns (subscribe).
  std::vector<std::string> patterns;
  /// Not the client's: the subscription with this watch gets the topics that
  /// its patterns mean by now, and nobody is answered. 0: the client's.
  std::uint64_t widens = 0;
  /// Names that the parser refused (create, remove).
  std::vector<protocol::topic_failure> refused;
  /// Of a create; null: nothing is told but names.
  std::shared_ptr<const topic_shapes> shapes;
  /// Of a question for offsets.
  std::optional<std::int64_t> at;
  std::string group;
  /// A subscribe without a group, and where it is to start; null: as it comes.
  bool broadcast = false;
  std::shared_ptr<const start_point> start;
  delivery_mode mode;
  /// Of these partitions, or of all that the subscription has.
  partition_action action = partition_action::position;
  std::vector<kafka::position> partitions;
  bool all_partitions = false;
  time_point deadline;
  /// Who waits for the end of a create; may be null.
  topics_watcher watcher;
  /// What the request is charged with until it is answered.
  std::shared_ptr<net::charge> held;
};

/// Answer the peer what it asks of topics: `describe` or `offsets`.
struct inquire_topics {
  peer from;
  control_request asked;
};

/// One entry of a client's ack.
struct acked_record {
  kafka::topic_partition at;
  std::int64_t offset = 0;
};

/// What one inbox burst held for one connection, in this order.
struct control_burst {
  std::vector<acked_record> acks;
  /// What those are charged with; null when there are none.
  std::shared_ptr<net::charge> acks_held;
  /// Where it stands in the channels of its broadcasts.
  std::vector<ws::stands_aside> places;
  std::vector<control_request> requests;
  /// All deliveries were written.
  bool written = false;
  /// The highest confirmed sequence; 0: none.
  std::uint64_t confirmed = 0;
};

// -- the gateway

/// A health request, answered straight to the peer.
struct health_query {
  peer from;
  owned_envelope head;
  bool detail = false;
  std::size_t limit = 0;
  std::size_t offset = 0;
  /// What it is charged with until it is answered.
  std::shared_ptr<net::charge> held;
};

/// The page of `query` has waited long enough.
struct health_due {
  std::uint64_t query = 0;
};

/// What the connection receives now; empty: nothing.
struct subscription_changed {
  std::uint64_t ws = 0;
  std::vector<std::string> topics;
};

/// A router spawned an actor; the gateway keeps it until it is gone.
struct connection_opened {
  std::uint64_t ws = 0;
  describable_connection actor;
};
struct producer_opened {
  std::uint64_t ws = 0;
  describable_producer actor;
};

/// Everything that the producer had is with the Kafka edge.
struct producer_flushed {
  std::uint64_t ws = 0;
};

/// The connection's actor ended; a closed producer has reported everything.
struct connection_gone {
  std::uint64_t ws = 0;
};
struct producer_gone {
  std::uint64_t ws = 0;
};

/// The group has no member and no handle left. `seen`: how many joins and
/// abandons it got; the gateway answered more `find_group` when one is still on
/// its way.
struct group_idle {
  std::string group;
  std::uint64_t seen = 0;
};

/// The group's actor ended, in order or by an exception.
struct group_gone {
  std::string group;
};

/// Quit.
struct retire {};

/// A handler of the connection's actor threw: end the connection.
struct connection_failed {
  ws::connection_ref ref;
};

/// An actor that cannot be replaced threw: the server stops.
struct actor_failed {
  std::string kind;
};

/// The clean stop begins: requests are refused, buffers flushed, groups commit
/// and leave. `last`: what is not flushed by now is given up.
struct begin_stop {
  time_point deadline;
  bool last = false;
};

/// A router refuses everything from here on. What it took before has reached
/// the actors behind it.
struct router_stopped {};

/// A group left Kafka and has committed everything that was confirmed.
struct group_stopped {
  std::string group;
  bool clean = true;
};

}  // namespace wskafka

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(wskafka::inbox_ready)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(wskafka::flush_due)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(wskafka::deadline_due)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(wskafka::peer_closed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(wskafka::described)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(wskafka::describe)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(wskafka::topics_ready)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(wskafka::create_topics)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(wskafka::remove_topics)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(wskafka::check_topics)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(wskafka::inquire_topics)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(wskafka::list_topics)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(wskafka::list_due)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(wskafka::publish)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(wskafka::expect_topics)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(wskafka::topics_created)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(wskafka::flush_now)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(wskafka::control_burst)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(wskafka::drain)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(wskafka::health_query)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(wskafka::health_due)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(wskafka::subscription_changed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(wskafka::connection_opened)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(wskafka::producer_opened)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(wskafka::connection_gone)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(wskafka::producer_flushed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(wskafka::producer_gone)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(wskafka::group_idle)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(wskafka::group_gone)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(wskafka::retire)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(wskafka::connection_failed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(wskafka::actor_failed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(wskafka::begin_stop)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(wskafka::router_stopped)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(wskafka::group_stopped)
