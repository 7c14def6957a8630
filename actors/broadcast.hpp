#pragma once

#include "actors/broadcast_audience.hpp"
#include "actors/broadcast_feed.hpp"
#include "actors/broadcast_history.hpp"
#include "actors/environment.hpp"
#include "actors/interfaces.hpp"
#include "actors/mq_buffer.hpp"
#include "actors/rate.hpp"
#include "actors/tail_hub.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace wskafka {

/// The broadcast of one topic: begins its tail for the first member and ends it
/// some time after the last one, keeps records in the topic's mq buffer, makes
/// frames of them once, and sends each once to every shard where a member is.
/// Who gets them there is the channel's business (`net/ws/channel.hpp`). Those
/// who named their start are fed what they missed until they are where the
/// others are (`broadcast_feeds.cpp`). Spawned by the gateway, retires when it
/// has had no member for a while.
class broadcast final : public broadcast_actor::base {
 public:
  broadcast(caf::actor_config& config, environment& shared, std::string topic,
            std::shared_ptr<kafka::tail_reader> tails,
            std::shared_ptr<tail_hub> hub,
            std::shared_ptr<kafka::history_reader> past, gateway_actor gateway);

  behavior_type make_behavior() override;
  const char* name() const override { return "wskafka.broadcast"; }
  void on_exit() override;

 private:
  enum class phase : std::uint8_t { idle, starting, running };
  struct member {
    peer to;
    std::uint64_t subscription = 0;
    broadcast_member actor;
    element look = element::plain;
    /// Not answered yet.
    bool waiting = false;
    /// It asked to be told of gaps; of all that becomes of the topic.
    bool gaps = false;
    bool events = false;
    /// Null: it is where the others are.
    std::unique_ptr<broadcast_feed> feed;
  };
  struct polled {
    kafka::fetched what;
    std::size_t messages() const { return what.batch->records.size(); }
    std::size_t bytes() const { return what.held.bytes(); }
  };

  void on_join(join_broadcast& request);
  void on_leave(const leave_broadcast& request);
  void on_inbox();
  void on_event(const kafka::tail_started& event);
  void on_event(kafka::tail_records& event);
  void on_event(const kafka::tail_gap& event);
  void on_event(const kafka::tail_grown& event);
  void on_event(const kafka::tail_shrunk& event);
  void on_event(const kafka::tail_failed& event);
  void on_event(const kafka::tail_located& event);
  void on_event(const kafka::tails_closed&) {}
  void on_begin_stop();
  void on_describe(const describe& query);

  void answer(member& waiting);
  void flush();
  std::shared_ptr<const ws::partition_ends> here();
  void fan_out(const broadcast_audience& to,
               const std::vector<broadcast_frame>& frames);
  broadcast_audience& audience(element look) {
    return audiences_[static_cast<std::size_t>(look)];
  }
  using member_place = std::map<std::uint64_t, member>::iterator;
  void drop(member_place place);
  void tell_messages(const protocol::record_batch& batch);
  void tell_operator(const std::string& text);
  void end_members(const protocol::failure& why);
  void end_tail();
  void idle_if_left();
  void on_no_member(const no_member_due& tick);

  // Feeds (broadcast_feeds.cpp).
  void begin_feed(member& m);
  std::optional<partition_positions> known_start(
      const broadcast_feed& feed) const;
  void locate(member& m);
  void settle(broadcast_feed& feed, const kafka::log_range& range);
  void prepare(member& m);
  void begin_read(member& m);
  void end_read(broadcast_feed& feed);
  void end_feed(member& m);
  void on_feed(const feed_member& ready);
  void on_feed_due(const feed_due& tick);
  void on_past(past_event& event);
  void on_past(member& m, kafka::history_event& event);
  void take(member& m, kafka::history_records& records);
  void take(member& m, const kafka::history_end& end);
  void take(member& m, kafka::history_failed& failed);
  void go_on(member& m);
  void feed(member& m);
  void bring(member& m, std::vector<broadcast_frame> frames, bool last);
  void feed_all();
  void catch_up(member& m, std::vector<broadcast_frame> frames);
  void pass_gap(const kafka::tail_gap& gap);
  void fail_feed(member& m, const kafka::failure& why);
  void try_later(member& m);
  member* find_asker(std::uint64_t number);
  std::uint64_t ask_as(member& m);

  // Members that stand aside (broadcast_control.cpp).
  void on_fell_behind(const member_fell_behind& told);
  void on_control(const control_member& order);
  std::optional<protocol::failure> refuse(const control_member& order) const;
  void fall_behind(member& m, const ws::partition_ends& next);
  void pause(broadcast_feed& f);
  void seek(broadcast_feed& f, const partition_positions& to);
  void skip(member& m);
  void tell_ended();
  partition_positions place_of(const ws::partition_ends& told) const;
  std::vector<kafka::position> positions_of(
      const partition_positions& at) const;

  time_point now() { return home_system().clock().now(); }

  environment& shared_;
  const std::string topic_;
  std::shared_ptr<kafka::tail_reader> tails_;
  std::shared_ptr<tail_hub> hub_;
  std::shared_ptr<kafka::history_reader> past_;
  gateway_actor gateway_;
  std::shared_ptr<tail_inbox> inbox_;
  std::shared_ptr<past_inbox> past_inbox_;

  phase phase_ = phase::idle;
  std::uint32_t epoch_ = 0;
  std::map<std::uint64_t, member> members_;
  /// The same by how their deliveries look.
  std::array<broadcast_audience, 2> audiences_;
  /// Joins and abandons so far; see `broadcast_idle`.
  std::uint64_t seen_ = 0;

  mq_buffer<polled> buffer_;
  /// What `history_` ends with, for the channels; null when that has changed.
  std::shared_ptr<const ws::partition_ends> here_;
  broadcast_history history_;
  /// Where partitions ended that the topic does not have any more.
  partition_positions gone_;
  /// How many members are being fed, and who asked what: questions and reads by
  /// their numbers.
  std::size_t feeding_ = 0;
  std::map<std::uint64_t, std::uint64_t> asked_;
  rate delivering_;
  bool stopping_ = false;
  std::string last_error_;
};

}  // namespace wskafka
