#pragma once

#include "actors/environment.hpp"
#include "actors/health.hpp"
#include "actors/interfaces.hpp"
#include "actors/rate.hpp"
#include "actors/router.hpp"
#include "actors/tail_hub.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace wskafka {

/// The root of all actors: spawns the topics actor, the routers, the groups and
/// the broadcasts, keeps the list of who lives, answers health, and stops
/// everything in order. Spawned by the server.
class gateway final : public gateway_actor::base {
 public:
  /// What the server wants to know; called on an actor thread.
  struct callbacks {
    /// The routers stand: the shards may begin.
    std::function<void()> ready;
    /// The clean stop is done as far as the actors go: buffered publishes are
    /// with the Kafka edge, groups have committed and left. `clean`: nothing
    /// was given up.
    /// `last`: so are those that waited for their topic, or were answered.
    std::function<void(bool last, bool clean)> stopped;
    /// An actor that cannot be replaced failed.
    std::function<void()> failed;
  };

  gateway(caf::actor_config& config, environment& shared,
          std::vector<std::shared_ptr<shard_inbox>> inboxes,
          std::vector<std::shared_ptr<router_actor>> routers,
          callbacks to_server);

  behavior_type make_behavior() override;
  const char* name() const override { return "wskafka.gateway"; }
  void on_exit() override;

 private:
  struct group {
    consumer_group_actor actor;
    /// How many `find_group` were answered with it.
    std::uint64_t found = 0;
    bool stopped = false;
  };

  struct one_broadcast {
    broadcast_actor actor;
    /// How many `find_broadcasts` were answered with it.
    std::uint64_t found = 0;
    bool stopped = false;
  };

  /// Whom a page of actor state names.
  struct listed_actor {
    const char* kind;
    json id;
    describable_actor actor;
  };

  void on_find_group(const find_group& request);
  void on_group_idle(const group_idle& idle);
  void on_group_gone(const group_gone& gone);
  void on_find_broadcasts(const find_broadcasts& request);
  void on_broadcast_idle(const broadcast_idle& idle);
  void on_broadcast_gone(const broadcast_gone& gone);
  void on_broadcast_stopped(const broadcast_stopped& ended);
  std::optional<protocol::failure> open_tails();
  broadcast_link link_to(const std::string& topic);
  void on_health(health_query& query);
  void on_begin_stop(const begin_stop& order);
  void on_router_stopped();
  void on_group_stopped(const group_stopped& ended);
  void flush_all();
  void flush(std::uint64_t ws, const describable_producer& actor);
  void stopped_if_done();
  time_point now() { return home_system().clock().now(); }
  std::vector<listed_actor> page(std::size_t offset, std::size_t limit);

  environment& shared_;
  std::vector<std::shared_ptr<shard_inbox>> inboxes_;
  /// Filled here for the server's listener, whose wake-ups need the handles;
  /// the server empties them when its shards have stopped.
  std::vector<std::shared_ptr<router_actor>> router_slots_;
  callbacks to_server_;

  topics_actor topics_;
  /// Null before the first pattern.
  pattern_watch_actor patterns_;
  std::vector<router_actor> routers_;
  std::map<std::string, group> groups_;
  std::map<std::string, one_broadcast> broadcasts_;
  /// Of all broadcasts; null before the first one.
  std::shared_ptr<tail_hub> hub_;
  std::shared_ptr<kafka::tail_reader> tails_;
  std::shared_ptr<kafka::history_reader> past_;
  std::map<std::uint64_t, describable_connection> connections_;
  std::map<std::uint64_t, describable_producer> producers_;
  health_reports health_;
  /// Groups sought, and health asked for.
  rate asking_;
  std::string last_error_;

  bool stopping_ = false;
  time_point stop_deadline_;
  bool stopping_last_ = false;
  /// What waited for the topics actor then is answered.
  bool topics_answered_ = false;
  bool clean_ = true;
  /// Routers that have not stopped: producers may still get records from them.
  std::vector<router_actor> taking_;
  std::set<std::uint64_t> unflushed_;
  std::size_t unstopped_groups_ = 0;
  std::size_t unstopped_broadcasts_ = 0;
};

}  // namespace wskafka
