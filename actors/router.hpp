#pragma once

#include "actors/environment.hpp"
#include "actors/interfaces.hpp"
#include "actors/publish_buffers.hpp"
#include "actors/rate.hpp"
#include "net/inbox.hpp"
#include "net/ws/events.hpp"
#include "protocol/parse.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace wskafka {

using shard_inbox = net::inbox<ws::event>;

/// The router of one shard: takes what the shard's connections sent, parses it
/// and dispatches by `t` and `a`. It groups what one inbox burst holds by
/// connection, so that each connection's actors get one message per burst,
/// never one per record. What is published waits here, in the connections' mq
/// buffers. Spawned by the gateway, lives as long as the server; when it fails
/// the server stops.
///
///     notif create                      -> the connection's producer
///     topic create/list/subscribe/...   -> the connection
///     health                            -> the gateway
///     hello, ping                       -> answered here
///     what cannot be carried out        -> answered here
class router final : public router_actor::base {
 public:
  router(caf::actor_config& config, environment& shared, unsigned shard,
         std::shared_ptr<shard_inbox> inbox, topics_actor topics,
         gateway_actor gateway);

  behavior_type make_behavior() override;
  const char* name() const override { return "wskafka.router"; }
  void on_exit() override;

 private:
  /// What the router knows of one connection.
  struct entry {
    peer to;
    connection_actor connection;
    publish_buffer publishing;
    /// Gathered from the burst at hand.
    control_burst burst;
    bool touched = false;
    /// It is being ended; nothing of it is read any more.
    bool flooded = false;
    /// It has said hello.
    bool strict = false;
  };

  void on_inbox();
  void on_describe(const describe& query);
  void on_opened(ws::opened& event);
  void on_closed(const ws::closed& event);
  void on_received(ws::received& event);
  void dispatch(entry& from, const protocol::publish_request& request);
  void dispatch(entry& from, const protocol::create_request& request);
  void dispatch(entry& from, const protocol::delete_request& request);
  void dispatch(entry& from, const protocol::list_request& request);
  void dispatch(entry& from, const protocol::describe_request& request);
  void dispatch(entry& from, const protocol::offsets_request& request);
  void dispatch(entry& from, const protocol::subscribe_request& request);
  void dispatch(entry& from, const protocol::unsubscribe_request& request);
  void dispatch(entry& from, const protocol::partitions_request& request);
  void dispatch(entry& from, const protocol::health_request& request);
  void dispatch(entry& from, const protocol::hello_request& request);
  void dispatch(entry& from, const protocol::ping_request& request);
  void dispatch(entry& from, const protocol::ack_request& request);
  void dispatch(entry& from, const protocol::bad_request& request);
  void refuse(entry& from, const protocol::message& request,
              const protocol::failure& why);

  entry* find(const ws::connection_ref& ref);
  bool flooded(entry& from);
  bool too_far_ahead(const protocol::record_extras& more) const;
  void touch(entry& from);
  void order(entry& from, control_request request);
  void need_producer(entry& from);
  void send_publishes(publish_buffer& buffer);
  void send_all_publishes();
  void send_due_publishes();
  void send_bursts();

  environment& shared_;
  const unsigned shard_;
  std::shared_ptr<shard_inbox> inbox_;
  topics_actor topics_;
  gateway_actor gateway_;
  protocol::parser parser_;
  std::unordered_map<std::uint64_t, entry> connections_;
  std::vector<ws::event> events_;
  std::vector<entry*> touched_;
  /// What the publishes of the frame at hand cost besides it; 0: it has none.
  std::size_t index_charge_ = 0;
  time_point now_;
  std::uint64_t frames_ = 0;
  std::uint64_t messages_ = 0;
  rate handling_;
  std::string last_error_;

  publish_buffers buffers_;
  bool flush_armed_ = false;
  bool stopping_ = false;
  bool failed_ = false;
};

}  // namespace wskafka
