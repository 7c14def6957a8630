#pragma once

#include "actors/environment.hpp"
#include "actors/interfaces.hpp"
#include "actors/mq_buffer.hpp"
#include "actors/rate.hpp"
#include "actors/tail_hub.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace wskafka {

/// The broadcast of one topic: begins its tail for the first member and ends it
/// after the last one, keeps records in the topic's mq buffer, makes frames of
/// them once, and sends each once to every shard where a member is. Who gets
/// them there is the channel's business (`net/ws/channel.hpp`). Spawned by the
/// gateway, retires when it has no member.
class broadcast final : public broadcast_actor::base {
 public:
  broadcast(caf::actor_config& config, environment& shared, std::string topic,
            std::shared_ptr<kafka::tail_reader> tails,
            std::shared_ptr<tail_hub> hub, gateway_actor gateway);

  behavior_type make_behavior() override;
  const char* name() const override { return "wskafka.broadcast"; }
  void on_exit() override;

 private:
  enum class phase : std::uint8_t { idle, starting, running };
  struct member {
    peer to;
    std::uint64_t subscription = 0;
    broadcast_member actor;
    /// Not answered yet.
    bool waiting = false;
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
  void on_event(const kafka::tail_failed& event);
  void on_event(const kafka::tails_closed&) {}
  void on_begin_stop();
  void on_describe(const describe& query);

  void answer(member& waiting);
  void flush();
  void fan_out(std::string payload);
  void tell_messages(const protocol::record_batch& batch);
  void tell_operator(const std::string& text);
  void end_members(const protocol::failure& why);
  void end_tail();
  void idle_if_left();
  time_point now() { return home_system().clock().now(); }

  environment& shared_;
  const std::string topic_;
  std::shared_ptr<kafka::tail_reader> tails_;
  std::shared_ptr<tail_hub> hub_;
  gateway_actor gateway_;
  std::shared_ptr<tail_inbox> inbox_;

  const std::uint64_t channel_;
  phase phase_ = phase::idle;
  std::uint32_t epoch_ = 0;
  std::map<std::uint64_t, member> members_;
  /// How many of them each shard has.
  std::map<std::uint16_t, std::size_t> shards_;
  /// Joins and abandons so far; see `broadcast_idle`.
  std::uint64_t seen_ = 0;

  mq_buffer<polled> buffer_;
  /// Where the next record of each partition is.
  std::map<std::int32_t, std::int64_t> positions_;
  rate delivering_;
  bool stopping_ = false;
  std::string last_error_;
};

}  // namespace wskafka
