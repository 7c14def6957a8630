#pragma once

#include "actors/environment.hpp"
#include "actors/interfaces.hpp"
#include "actors/rate.hpp"
#include "actors/topic_routes.hpp"
#include "net/inbox.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace wskafka {

/// The producer of one WebSocket: takes what waited in its mq buffer, chooses
/// partitions, hands the records to the process's one producer handle, and
/// tells every failure, and each success that is asked for. Spawned by the
/// router with the first publish; quits when its connection is closed and
/// everything it handed over is reported.
///
/// A record is in exactly one of these places, and leaves the last one answered
/// or stored, or both:
///
///     router's buffer --> parked (its topic is not known yet) --> librdkafka
///               `-------------------------------------------------^
class producer final : public producer_actor::base {
 public:
  producer(caf::actor_config& config, environment& shared, peer to,
           topics_actor topics, gateway_actor gateway);
  ~producer() override;

  behavior_type make_behavior() override;
  const char* name() const override { return "wskafka.producer"; }
  void on_exit() override;

 private:
  class report_inbox;
  /// One record that waits for its topic.
  struct parked {
    std::shared_ptr<kafka::publish_batch> batch;
    std::size_t item;
  };
  /// A batch that is not known to be reported, and when to stop waiting.
  struct unreported {
    std::weak_ptr<kafka::publish_batch> batch;
    time_point deadline;
  };

  void on_publish(const publish& flushed);
  void on_inbox();
  void on_topics_ready(const topics_ready& answer);
  void on_topics_created(const topics_created& ended);
  void on_deadline(const deadline_due& tick);
  void on_flush_now(const flush_now& order);
  void on_peer_closed();
  void on_describe(const describe& query);

  void route(const std::shared_ptr<kafka::publish_batch>& batch,
             std::size_t item);
  void park(const std::shared_ptr<kafka::publish_batch>& batch,
            std::size_t item, std::string_view topic);
  void ask_for(const std::string& topic);
  void fail_parked(const std::string& topic, const protocol::failure& why);
  void confirm(const kafka::publish_batch& batch, std::size_t item,
               const kafka::receipt& where);
  void send_receipts();
  void fail(kafka::publish_batch& batch, std::size_t item,
            const protocol::failure& why, protocol::persisted written);
  void tell_operator(std::size_t count, const std::string& why);
  void watch(const std::shared_ptr<kafka::publish_batch>& batch);
  void forget_reported();
  void arm_deadline();
  void end_if_done();
  void tell_flushed();
  time_point now() { return home_system().clock().now(); }

  environment& shared_;
  const peer to_;
  topics_actor topics_;
  gateway_actor gateway_;
  std::shared_ptr<report_inbox> sink_;

  topic_routes routes_;
  std::map<std::string, std::vector<parked>, std::less<>> parked_;
  std::set<std::string, std::less<>> expected_;
  std::map<std::uint64_t, std::string> asked_;
  std::uint64_t requests_ = 0;

  std::deque<unreported> unreported_;
  /// `forget_reported` looks at all of them when they are this many.
  std::size_t crowded_ = 64;
  std::uint64_t deadline_generation_ = 0;
  bool deadline_armed_ = false;

  bool flushing_ = false;
  bool closed_ = false;
  std::uint64_t published_ = 0;
  /// Rendered from the burst at hand.
  std::vector<ws::outgoing> receipts_;
  std::uint64_t receipted_ = 0;
  rate publishing_;
  std::uint64_t failed_ = 0;
  std::string last_error_;
};

}  // namespace wskafka
