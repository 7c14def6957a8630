#pragma once

#include "actors/control_queue.hpp"
#include "actors/delivery_writer.hpp"
#include "actors/environment.hpp"
#include "actors/interfaces.hpp"
#include "actors/rate.hpp"
#include "actors/shared_behavior.hpp"

#include <chrono>
#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace wskafka {

/// One WebSocket connection: carries out its ordered requests, holds its one
/// subscription, and writes what its group delivers. Spawned by the router when
/// the handshake is done, ended by `peer_closed`.
///
/// A subscribe goes through these steps; until it is admitted it can be refused
/// without touching the earlier subscription:
///
///     checking (do the topics exist?) -> finding (which group actor?)
///       -> admitted: the earlier subscription ends -> joining -> answered
class connection final
    : public with_shared_behavior<connection, connection_actor> {
 public:
  connection(caf::actor_config& config, environment& shared, peer to,
             topics_actor topics, gateway_actor gateway, router_actor router);

  behavior_type make_behavior() override;
  const char* name() const override { return "wskafka.connection"; }
  void on_exit() override;

 private:
  enum class step : std::uint8_t {
    /// A create or a delete.
    changing,
    checking,
    finding,
    joining,
    controlling,
  };

  /// A request in progress.
  struct operation {
    control_request request;
    step at = step::changing;
    /// Names its questions to other actors, and its subscription.
    std::uint64_t number = 0;
    /// Of broadcasts that are controlled: how many have yet to answer, and what
    /// the others said.
    std::size_t unanswered = 0;
    unsigned tries = 0;
    std::vector<kafka::position> positions;
    std::optional<protocol::failure> refused;
    /// Its topics are checked; what its patterns mean is known.
    bool checked = false;
    bool matched = false;
    /// The patterns' watch, 0: it has none; and the topics that they mean.
    std::uint64_t watch = 0;
    std::vector<std::string> meant;
    /// Those of its topics that they mean only now.
    std::vector<std::string> fresh;
  };

  /// One topic of a broadcast subscription.
  struct broadcast_topic {
    broadcast_link link;
    /// 0: it does not stand yet.
    std::uint64_t channel = 0;
    /// Where it starts, when that was asked for.
    partition_positions starts;
    bool recovered = true;
    /// How far the channel is, for its shard.
    std::shared_ptr<const ws::partition_ends> channel_at;
    /// It is in its channel.
    bool joined = false;
    /// It is being sent what it missed.
    bool feeding = false;
    /// The server is stopping: the last positions.
    std::optional<std::vector<kafka::position>> ended;
  };

  /// What the connection receives, or is about to.
  struct subscription {
    /// The present subscription's number, and the one with which this
    /// membership of the group began.
    std::uint64_t number = 0;
    std::uint64_t membership = 0;
    /// The one that the client asked for last: what was told for one before it
    /// is not its reply's.
    std::uint64_t asked = 0;
    /// Empty, and no link: a broadcast.
    std::string group;
    group_link link;
    std::map<std::string, broadcast_topic> broadcasts;
    std::vector<std::string> topics;
    /// The subscription with which each topic came in: records that the group
    /// sent for an earlier one stand behind others that were dropped.
    std::map<std::string, std::uint64_t> since;
    /// Its patterns' watch, where it has any, and how topics are joined that
    /// they mean later.
    std::uint64_t watch = 0;
    std::string wanted_group;
    bool broadcast = false;
    delivery_mode mode;
    std::shared_ptr<const start_point> start;
    /// Charged for it.
    std::shared_ptr<net::charge> held;
  };

  // Requests (connection_requests.cpp).
  void on_burst(control_burst& burst);
  void on_topics_ready(const topics_ready& answer);
  void on_group_found(const group_found& found);
  void on_group_refused(const group_refused& refused);
  void on_subscription_ready(const subscription_ready& ready);
  void on_subscription_failed(const subscription_failed& failed);
  void on_group_lost(std::uint64_t number);
  void subscribed(const std::string& starts,
                  const std::vector<owned_position>& owned = {});
  void on_deadline(deadline_due);
  void arm_deadline();
  void expire(operation& op);
  std::chrono::milliseconds time_left(const control_request& request);
  std::chrono::milliseconds asking_time(const control_request& request);
  void advance();
  void start(control_request request);
  void start_subscribe(operation& op);
  void unsubscribe(const control_request& request);
  void checked(operation& op, const topics_ready& answer);
  void seek(operation& op);
  void admit(operation& op, const group_link& group);
  void supersede();
  void end_failed_subscription();
  void succeed(const control_request& request, std::string_view p,
               std::string_view more = {});
  void fail(const control_request& request, const protocol::failure& why);
  void fail_late(operation& op, const protocol::failure& why);
  operation* find(std::uint64_t number);
  void drop(const operation* op);

  // Topics (connection_topics.cpp).
  void start_change(operation& op);
  void changed(operation& op, const topics_ready& answer);
  void expire_change(operation& op);
  void finish_change(const operation& op);
  void tell_watcher(const control_request& request);
  void forward_questions();

  // Patterns (connection_patterns.cpp).
  void watch(operation& op);
  void on_matched(const patterns_matched& told);
  void seek_if_known(operation& op);
  void stand_empty(operation& op);
  void keep_pattern(subscription& next, const operation& op) const;
  void widen(const std::vector<std::string>& topics);
  void start_widening(operation& op);
  std::shared_ptr<const start_point> late_start() const;
  bool forget_deleted(const protocol::failure& why);
  void forget_watches();

  // Broadcast (connection_broadcast.cpp).
  void seek_broadcasts(operation& op);
  void on_broadcasts_found(const broadcasts_found& found);
  void admit(operation& op, const std::vector<broadcast_link>& links);
  void join(const std::vector<std::string>& topics,
            const std::vector<broadcast_link>& links);
  void on_broadcast_ready(const broadcast_ready& ready);
  void answer_if_all_stand();
  std::string started() const;
  void join_channels();
  void ask_for_more();
  void on_caught_up(const broadcast_caught_up& told);
  void leave_broadcasts();
  void control_broadcasts(operation& op);
  void ask_place(std::uint64_t channel, const operation& op);
  void on_place(ws::stands_aside& place);
  void on_broadcast_controlled(const broadcast_controlled& told);
  void on_broadcast_ended(const broadcast_ended& told);

  // Pause, resume, seek, position, and events (connection_control.cpp).
  void start_control(operation& op);
  void on_controlled(const partitions_controlled& told);
  bool stopped(const delivery& batch) const;
  bool stale(std::uint64_t subscription) const;
  std::vector<kafka::position> behind_sent(
      const std::vector<owned_position>& positions) const;
  void on_ownership(const ownership_changed& told);
  void tell_ownership(bool assigned,
                      const std::vector<owned_position>& positions);
  void on_group_draining(const group_draining& told);
  void on_trouble(const subscription_trouble& told);
  void tell_draining(const std::vector<kafka::position>& positions);

  // Subscription and deliveries (connection.cpp, connection_acks.cpp).
  bool wanted(const delivery& batch) const;
  void on_deliver(deliver& records);
  void on_take_back(const take_back& order);
  void on_moved(const partitions_moved& told);
  void acknowledge(const std::vector<acked_record>& acks);
  void await_acks(bool owed_before);
  void on_ack_due();
  void on_drain(const drain& order);
  void on_peer_closed();
  void on_describe(const describe& query);
  void confirm(std::uint64_t sequence);
  void arm_flush();
  void flush(bool all);
  void go_on_if(bool blocked);
  void forget_links();
  void be_impatient(bool on);
  void may_be_silent(bool on);
  void leave(bool gone);
  void quit_if_done();
  time_point now() { return home_system().clock().now(); }

  environment& shared_;
  const peer to_;
  topics_actor topics_;
  gateway_actor gateway_;
  router_actor router_;

  control_queue queue_;
  /// Apart: at rest, a connection pays for none.
  std::unique_ptr<operation> current_;
  /// A subscribe that is being checked while `current_` is one too.
  std::unique_ptr<operation> overtaking_;
  std::uint64_t numbers_ = 0;
  /// `advance` is at work.
  bool advancing_ = false;
  /// `find_group` questions that are not answered yet.
  std::size_t finding_ = 0;

  std::optional<subscription> subscription_;
  /// A pause or seek that the group has not answered: of these partitions, or
  /// of all, nothing is sent until it has, also where the client was told that
  /// it took too long.
  struct stop {
    std::uint64_t request = 0;
    partition_action what = partition_action::pause;
    bool all = false;
    std::vector<kafka::topic_partition> partitions;
  };
  /// A list: empty, it costs an idle connection little.
  std::list<stop> stops_;
  /// Those that the pattern watch keeps for us.
  std::set<std::uint64_t> watches_;
  /// Whom confirmations of a membership go to, while any may come.
  std::map<std::uint64_t, group_link> links_;
  delivery_writer writer_;
  /// Deliveries wait until the subscribe in progress is answered.
  bool hold_ = false;
  /// `mq_interval: null`: much is being written, and more is gathered.
  bool writing_ = false;
  bool deadline_armed_ = false;
  bool draining_ = false;
  time_point drain_until_;
  bool closed_ = false;
  /// It was a member of broadcasts.
  bool had_broadcasts_ = false;
  /// A client that does not keep up is closed at once.
  bool impatient_ = false;
  /// It is subscribed, and therefore never idle.
  bool silent_ = false;
  /// When the last ack came, or the first record that waits for one was sent;
  /// and whether somebody looks.
  time_point acked_at_;
  bool ack_armed_ = false;
  rate delivering_;
  std::string last_error_;
};

}  // namespace wskafka
