#pragma once

#include "actors/broadcast_messages.hpp"
#include "actors/group_messages.hpp"
#include "actors/messages.hpp"
#include "actors/pattern_messages.hpp"

#include <caf/typed_event_based_actor.hpp>

/// The actors, by what may be said to them. Who spawns whom, who ends whom, and
/// the way of a message is drawn in `actors/README.md`.
namespace wskafka {

/// One per shard. Parses what its connections send, dispatches by `t` and `a`,
/// and spawns the connections' actors.
using router_actor = caf::typed_actor<
    caf::reacts_to<inbox_ready>,        // The shard left events.
    caf::reacts_to<flush_due>,          // mq_interval is over.
    caf::reacts_to<connection_failed>,  // An actor of a connection threw.
    caf::reacts_to<begin_stop>,         // Answer SHUTTING_DOWN from here on.
    caf::reacts_to<describe>,           // Tell your state.
    caf::reacts_to<retire>>;            // Quit.

/// One per WebSocket: its ordered requests, its subscription, its deliveries.
using connection_actor = caf::typed_actor<
    caf::reacts_to<control_burst>,         // Requests, in order; pong; written.
    caf::reacts_to<topics_ready>,          // A create, delete or check ended.
    caf::reacts_to<patterns_matched>,      // The topics of patterns.
    caf::reacts_to<group_found>,           // The group of a subscribe.
    caf::reacts_to<group_refused>,         // There is no room for it.
    caf::reacts_to<subscription_ready>,    // Positioned: answer the subscribe.
    caf::reacts_to<subscription_failed>,   // Answer the subscribe.
    caf::reacts_to<broadcasts_found>,      // The broadcasts of a subscribe.
    caf::reacts_to<broadcast_ready>,       // One of them stands.
    caf::reacts_to<broadcast_caught_up>,   // It has sent all that was missed.
    caf::reacts_to<broadcast_controlled>,  // A pause, resume, seek ended.
    caf::reacts_to<broadcast_ended>,       // The server is stopping.
    caf::reacts_to<deliver>,               // Records.
    caf::reacts_to<take_back>,             // Partitions move away.
    caf::reacts_to<partitions_controlled>,  // A pause, resume, seek ended.
    caf::reacts_to<partitions_moved>,       // They are another's now.
    caf::reacts_to<ownership_changed>,      // Partitions came or went.
    caf::reacts_to<group_draining>,         // Its last delivery has come.
    caf::reacts_to<subscription_trouble>,   // An error, for its events.
    caf::reacts_to<flush_due>,              // mq_interval is over.
    caf::reacts_to<deadline_due>,           // A request has waited too long.
    caf::reacts_to<ack_due>,                // Acks are owed for too long.
    caf::reacts_to<drain>,                  // The server is stopping.
    caf::reacts_to<peer_closed>,            // Leave the group and quit.
    caf::reacts_to<describe>>;              // Tell your state.

/// One per WebSocket that publishes.
using producer_actor = caf::typed_actor<
    caf::reacts_to<publish>,         // Publishes whose mq buffer went.
    caf::reacts_to<inbox_ready>,     // Failed and receipted records.
    caf::reacts_to<topics_ready>,    // Topics that publishes waited for.
    caf::reacts_to<expect_topics>,   // These are being created.
    caf::reacts_to<topics_created>,  // They are, or are not.
    caf::reacts_to<deadline_due>,    // Records have waited too long.
    caf::reacts_to<flush_now>,       // The server is stopping.
    caf::reacts_to<peer_closed>,     // Quit when all is reported.
    caf::reacts_to<describe>>;       // Tell your state.

/// One per consumer group that this process is a member of.
using consumer_group_actor = caf::typed_actor<
    caf::reacts_to<join_group>,           // A connection subscribes.
    caf::reacts_to<leave_group>,          // Its subscription ends.
    caf::reacts_to<abandon_group>,        // It was sought in vain.
    caf::reacts_to<positions_confirmed>,  // Its peer has read so far.
    caf::reacts_to<gave_back>,            // The answer to take_back.
    caf::reacts_to<control_partitions>,   // Pause, resume, seek, position.
    caf::reacts_to<inbox_ready>,          // The Kafka handle left events.
    caf::reacts_to<handover_due>,         // Owners had time to confirm.
    caf::reacts_to<union_due>,            // Apply the topics' union.
    caf::reacts_to<linger_due>,           // Give up what nobody wants.
    caf::reacts_to<starts_due>,           // Try missing starts again.
    caf::reacts_to<settle_due>,           // No further rebalance came.
    caf::reacts_to<place_due>,            // Joins came: place the members.
    caf::reacts_to<commit_due>,           // Commit what is confirmed.
    caf::reacts_to<begin_stop>,           // Commit, leave Kafka.
    caf::reacts_to<retire>,               // Quit.
    caf::reacts_to<describe>>;            // Tell your state.

/// One per topic that somebody here gets by broadcast.
using broadcast_actor = caf::typed_actor<
    caf::reacts_to<join_broadcast>,      // A connection subscribes.
    caf::reacts_to<feed_member>,         // It may be sent more.
    caf::reacts_to<member_fell_behind>,  // It stands aside in the channel.
    caf::reacts_to<control_member>,      // Pause, resume, seek, position.
    caf::reacts_to<leave_broadcast>,     // Its subscription ends.
    caf::reacts_to<abandon_broadcast>,   // It was sought in vain.
    caf::reacts_to<inbox_ready>,         // The tail, or a read, left events.
    caf::reacts_to<flush_due>,           // mq_interval is over.
    caf::reacts_to<feed_due>,            // Try again what failed.
    caf::reacts_to<no_member_due>,       // End the tail if nobody came.
    caf::reacts_to<begin_stop>,          // Flush, and end the tail.
    caf::reacts_to<retire>,              // Quit.
    caf::reacts_to<describe>>;           // Tell your state.

/// One per process in which somebody subscribed to patterns.
using pattern_watch_actor =
    caf::typed_actor<caf::reacts_to<watch_patterns>,    // Answered by
                                                        // patterns_matched.
                     caf::reacts_to<unwatch_patterns>,  // A subscription ended.
                     caf::reacts_to<look_due>,  // Are there other topics?
                     caf::reacts_to<describe>,  // Tell your state.
                     caf::reacts_to<retire>>;   // Quit.

/// One per process: all that is done to topics and asked of them.
using topics_actor = caf::typed_actor<
    caf::reacts_to<create_topics>,   // Answered by topics_ready.
    caf::reacts_to<remove_topics>,   // Answered by topics_ready.
    caf::reacts_to<check_topics>,    // Answered by topics_ready.
    caf::reacts_to<list_topics>,     // Answered to the peer.
    caf::reacts_to<list_due>,        // A list has waited too long.
    caf::reacts_to<inquire_topics>,  // Answered to the peer.
    caf::reacts_to<inbox_ready>,     // The Kafka edge has results.
    caf::reacts_to<begin_stop>,      // The last: answer what waits.
    caf::reacts_to<describe>,        // Tell your state.
    caf::reacts_to<retire>>;         // Quit.

/// The root: spawns, keeps the list of actors, answers health, stops all.
using gateway_actor = caf::typed_actor<
    caf::reacts_to<connection_opened>,     // A router spawned its actor.
    caf::reacts_to<producer_opened>,       // The same.
    caf::reacts_to<producer_flushed>,      // The answer to flush_now.
    caf::reacts_to<connection_gone>,       // It ended.
    caf::reacts_to<producer_gone>,         // It ended.
    caf::reacts_to<find_group>,            // Answered by group_found.
    caf::reacts_to<group_idle>,            // The group may retire.
    caf::reacts_to<group_gone>,            // Its actor ended.
    caf::reacts_to<find_broadcasts>,       // Answered by broadcasts_found.
    caf::reacts_to<broadcast_idle>,        // The broadcast may retire.
    caf::reacts_to<broadcast_gone>,        // Its actor ended.
    caf::reacts_to<watch_patterns>,        // For the pattern watch.
    caf::reacts_to<unwatch_patterns>,      // The same.
    caf::reacts_to<pattern_watch_gone>,    // Its actor ended.
    caf::reacts_to<subscription_changed>,  // For health.
    caf::reacts_to<health_query>,          // Answered to the peer.
    caf::reacts_to<described>,             // One actor's state.
    caf::reacts_to<health_due>,            // A page has waited enough.
    caf::reacts_to<actor_failed>,          // A router threw.
    caf::reacts_to<begin_stop>,            // Stop all in order.
    caf::reacts_to<router_stopped>,        // A router has obeyed begin_stop.
    caf::reacts_to<group_stopped>,         // A group has left Kafka.
    caf::reacts_to<broadcast_stopped>,     // A broadcast has flushed.
    caf::reacts_to<describe>,              // Tell your state.
    caf::reacts_to<retire>>;               // Quit, and all with you.

}  // namespace wskafka
