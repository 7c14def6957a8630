#pragma once

#include "actors/distribution.hpp"
#include "actors/environment.hpp"
#include "actors/group_partition.hpp"
#include "actors/interfaces.hpp"
#include "actors/rate.hpp"
#include "net/inbox.hpp"
#include "net/kafka/group_consumer.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace wskafka {

/// One consumer group's member in this process. Hands the partitions that Kafka
/// assigns to it out to the local connections that subscribed, moves them when
/// connections come and go, resolves and commits start offsets before anybody
/// is told to be subscribed, and commits what peers confirmed. Spawned by the
/// gateway with the first subscriber; gives up its Kafka handle `group_linger`
/// after the last one left.
///
///     idle --join--> settling --assigned--> starting --starts known--> stable
///                        ^                                               |
///                        |<------- topics' union changed ----------------|
///                        |                                               |
///                        '--answered-- revoking <--------revoked---------|
///     any --nobody left, or fatal error--> closing --closed--> idle
class consumer_group final : public consumer_group_actor::base {
 public:
  consumer_group(caf::actor_config& config, environment& shared,
                 std::string group, gateway_actor gateway);

  behavior_type make_behavior() override;
  const char* name() const override { return "wskafka.consumer_group"; }
  void on_exit() override;

 private:
  enum class phase : std::uint8_t {
    /// No Kafka handle.
    idle,
    /// Subscribed at Kafka, waiting for an assignment.
    settling,
    /// An assignment came; its start offsets are being found and committed.
    starting,
    /// Assigned.
    stable,
    /// Kafka takes partitions: owners confirm, then a last commit, then the
    /// answer.
    revoking,
    /// The handle is leaving.
    closing,
  };

  struct member {
    peer to;
    group_member actor;
    std::uint64_t subscription = 0;
    std::set<std::string> topics;
    std::shared_ptr<const start_point> start;
    bool acks = false;
    bool events = false;
    /// Its subscribe is not answered yet.
    bool waiting = true;
    /// The client has not asked: it goes on hearing of its partitions.
    bool widens = false;
    /// It was answered once, so it takes part in the distribution.
    bool placed = false;
    /// It left, but partitions are still being drained from it.
    bool leaving = false;
    /// It missed a hand-over's deadline and is not waited for again until it
    /// has confirmed everything.
    bool tardy = false;
  };

  /// What came from the Kafka edge's threads.
  struct starts_found {
    std::uint64_t round = 0;
    std::vector<kafka::start_answer> answers;
  };
  using inbox_item = std::variant<kafka::group_event, starts_found>;
  class listener;

  // Members (consumer_group.cpp).
  void on_join(join_group& request);
  void on_leave(const leave_group& request);
  void place_soon();
  void place_members();
  void arm_union();
  void on_linger(linger_due);
  void on_union(union_due);
  void on_settle(const settle_due& tick);
  void on_begin_stop(const begin_stop& order);
  void on_describe(const describe& query);
  void answer_waiting();
  void answer(member& waiting);
  bool positioned(const member& waiting) const;
  const kafka::failure* hopeless(const member& waiting) const;
  bool missing_topics(const member& waiting) const;
  void fail_members(const protocol::failure& why);
  void end_members_after_failure();
  void arm_linger();
  void forget_left();
  bool has_members() const;
  void begin_acks();
  void open();
  void close_if_left();
  void close();
  void subscribe();
  std::set<std::string> wanted_topics();

  // Kafka's events (consumer_group_rebalance.cpp).
  void on_inbox();
  void on_kafka(kafka::assigned& event);
  void on_kafka(kafka::revoked& event);
  void on_kafka(kafka::fetched& event);
  void on_kafka(kafka::committed& event);
  void on_kafka(kafka::consumer_failed& event);
  void on_kafka(const kafka::topics_changed& event);
  void on_kafka(kafka::consumer_closed& event);
  void on_starts(starts_found& found);
  void on_starts_due(const starts_due& tick);
  void find_starts();
  void fail_waiting(const std::string& topic, const protocol::failure& why);
  void give_up(const kafka::topic_partition& at, const kafka::failure& why);
  void starts_settled();
  void arm_starts();
  bool start_wanted() const;
  void finish_assignment();
  void join_anew();
  std::int64_t resume_at(const kafka::topic_partition& at,
                         std::int64_t committed);
  std::optional<std::int64_t> start_without_commit(
      const kafka::topic_partition& at) const;
  void commit_before_revoke();
  void answer_revoke();
  void send_deliveries();

  // Where the next records are fetched (consumer_group_fetch.cpp).
  void on_kafka(kafka::out_of_range& event);
  void go_on_elsewhere(const kafka::topic_partition& at, group_partition& p,
                       const kafka::log_range& log);
  void fetch_from(const kafka::topic_partition& at, group_partition& p);
  void assign_anew();
  void add_delivery(const group_partition& p,
                    std::shared_ptr<const protocol::record_batch> batch,
                    net::charge held);

  // Owners, confirmations, commits (consumer_group_owners.cpp).
  void on_confirmed(const positions_confirmed& confirmed);
  void on_gave_back(const gave_back& answer);
  void on_handover(handover_due);
  void on_commit_due(commit_due);
  void redistribute();
  void drain_unwanted(std::uint64_t ws);
  void begin_drain(const std::vector<kafka::topic_partition>& partitions);
  void settle_drains();
  bool complete(group_partition& p);
  void finish_drain(const kafka::topic_partition& at, group_partition& p);
  void take_sent(group_partition& p, const kafka::topic_partition& at,
                 const std::vector<owned_position>& sent);
  void arm_handover();
  void give(const kafka::topic_partition& at, group_partition& p,
            std::uint64_t owner);
  bool commit_confirmed();
  bool lives(const std::string& topic, const kafka::topic_table& table) const;
  void arm_commit();
  void on_committed_starts(const kafka::committed& event);
  bool commits() const { return shared_.options.consumer.auto_commit || acks_; }
  bool confirms(std::uint64_t ws) const;
  bool has_waiting() const;

  // What members ask of their partitions, and are told of them
  // (consumer_group_control.cpp).
  void on_control(control_partitions& order);
  void carry_out(control_partitions& order);
  void carry_out_waiting();
  bool owned_by(std::uint64_t ws, const kafka::topic_partition& at) const;
  void rewind(const kafka::topic_partition& at, group_partition& p,
              const std::vector<owned_position>& sent);
  void let_flow(const kafka::topic_partition& at, const group_partition& p);
  void begin_seek(control_partitions& order);
  bool on_committed_seek(const kafka::committed& event);
  void end_seek(std::uint64_t id, const kafka::failure* refused);
  void hand_again(const kafka::topic_partition& at, group_partition& p);
  void answer(const control_partitions& order, protocol::failure why);
  void forget_controls(std::uint64_t ws);
  void fail_controls();
  void resume_all(std::uint64_t ws);
  void tell_owner(std::uint64_t ws, const owned_position& at, bool assigned);
  static bool hears(const member& m, const std::string& topic);
  void tell_draining();
  void tell_owners();
  void tell_trouble(const kafka::consumer_failed& event);
  std::vector<owned_position> starts_of(const member& m) const;
  std::vector<owned_position> owned_of(const member& m) const;

  void emit_error(const std::string& text);
  time_point now() { return home_system().clock().now(); }

  environment& shared_;
  const std::string group_;
  gateway_actor gateway_;
  std::shared_ptr<listener> listener_;
  std::vector<inbox_item> items_;

  phase phase_ = phase::idle;
  std::shared_ptr<kafka::group_consumer> consumer_;
  std::map<std::uint64_t, member> members_;
  /// A member confirms, or has confirmed, by acks of its own: from then on the
  /// group commits.
  bool acks_ = false;
  bool place_armed_ = false;
  /// Every find of this group ends in a join or a leave; see `group_idle`.
  std::uint64_t seen_ = 0;

  // The subscription at Kafka.
  std::set<std::string> applied_;
  time_point applied_at_;
  bool union_armed_ = false;
  /// Topics that nobody wants any more, kept until then.
  std::map<std::string, time_point> lingering_;
  bool linger_armed_ = false;
  std::uint64_t settle_generation_ = 0;
  /// Why Kafka does not let us in, until it does. It is told once: who comes
  /// later is told the same.
  std::optional<kafka::failure> refused_;
  /// Partition counts when each topic was subscribed: what is beyond them is
  /// newer than the subscription and starts at its first record.
  std::map<std::string, std::int32_t> counts_;
  /// Since which version of the list each topic is there; those that are others
  /// now: nothing of the old ones is kept or committed; and whether the group
  /// is to be joined anew because of them.
  std::map<std::string, std::uint64_t> born_;
  std::set<std::string> renewed_;
  bool rejoin_ = false;

  // Partitions.
  std::map<kafka::topic_partition, group_partition> partitions_;
  std::uint32_t owner_epochs_ = 0;
  std::uint32_t fetch_epoch_ = 0;
  std::uint32_t drain_orders_ = 0;
  bool handover_armed_ = false;
  std::map<std::uint64_t, std::shared_ptr<std::vector<delivery>>> outgoing_;

  /// Of members, while a rebalance is in progress.
  std::vector<control_partitions> controls_;
  /// Seeks by their commits.
  std::map<std::uint64_t, control_partitions> seeks_;
  /// By owner: what moved away from it, and of what it is to tell its client,
  /// `assigned` or not.
  std::map<std::uint64_t, std::vector<kafka::topic_partition>> moved_;
  std::map<std::pair<std::uint64_t, bool>, std::vector<owned_position>> told_;

  // The assignment at hand.
  std::set<kafka::topic_partition> unstarted_;
  std::map<kafka::topic_partition, std::int64_t> starts_;
  /// Names the last question for starts. Of its own: the fetch epoch is also
  /// raised when a partition moves, and that must not make a retry stale.
  std::uint64_t start_round_ = 0;
  unsigned start_tries_ = 0;
  /// Until starts that could not be had are asked for again; doubles.
  std::chrono::milliseconds start_pause_{0};
  /// Those of `unstarted_` that Kafka will not give, and why: nobody waits for
  /// them, and who comes before the next assignment is told the same.
  std::map<kafka::topic_partition, kafka::failure> hopeless_;
  /// When a revoke is answered at the latest.
  time_point revoke_until_;

  // Commits.
  std::uint64_t commit_ids_ = 0;
  /// The one commit in flight; 0: none.
  std::uint64_t committing_ = 0;
  /// The last one before a revoke is answered.
  std::uint64_t last_commit_ = 0;
  /// The commit of start offsets in flight; 0: none.
  std::uint64_t committing_starts_ = 0;
  time_point committed_at_;
  bool commit_armed_ = false;

  bool stopping_ = false;
  bool clean_ = true;
  time_point stop_deadline_;
  rate fetching_;
  std::string last_error_;
};

}  // namespace wskafka
