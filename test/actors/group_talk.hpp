#pragma once

#include "actors/consumer_group.hpp"
#include "test/support/actor_world.hpp"

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace wskafka::test {

/// The group "g" among stand-ins for its members and the gateway. Offsets
/// begin at 0 and logs end at 10 unless the test says otherwise.
struct group_talk {
  using strings = std::vector<std::string>;
  using partitions = std::vector<kafka::topic_partition>;
  using times = std::chrono::milliseconds;

  static inline const kafka::topic_partition t0{"t", 0};
  static inline const kafka::topic_partition t1{"t", 1};
  static inline const kafka::topic_partition u0{"u", 0};
  static inline const kafka::failure coordinator{"NOT_COORDINATOR", "Not me.",
                                                 true};

  /// One member: its connection's stand-in and what it received.
  struct member {
    mail received;
    connection_actor actor;
    std::uint64_t subscription = 0;
  };

  group_talk() {
    gateway = listen_as_gateway(w.actors, w.inbound);
    for (const char* topic : {"t", "u"})
      w.kafka.set_topic(topic, 4);
  }

  /// Before what the actors put their mail into.
  ~group_talk() { w.actors.end(); }

  consumer_group_actor& talk() {
    if (!actor)
      actor =
          w.actors.spawn<consumer_group>(w.shared, std::string("g"), gateway);
    return actor;
  }

  template <class Message>
  void tell(Message message) {
    caf::anon_send(talk(), std::move(message));
    w.run();
  }

  member& at(std::uint64_t ws) {
    auto& found = members[ws];
    if (!found) {
      found = std::make_unique<member>();
      found->actor = listen_as_connection(w.actors, found->received);
    }
    return *found;
  }
  mail& mail_of(std::uint64_t ws) { return at(ws).received; }

  void join(std::uint64_t ws, strings topics) {
    begin_join(ws, std::move(topics));
    w.run();
  }

  /// It is on its way.
  void begin_join(std::uint64_t ws, strings topics) {
    join_group request;
    request.topics = std::move(topics);
    begin_join(ws, std::move(request));
  }
  void begin_join(std::uint64_t ws, join_group request) {
    member& m = at(ws);
    request.subscription = m.subscription = ++subscriptions;
    request.from = w.open(ws);
    request.member = group_member{m.actor};
    caf::anon_send(talk(), std::move(request));
  }

  void leave(std::uint64_t ws, std::vector<owned_position> sent = {},
             bool gone = false) {
    tell(leave_group{ws, at(ws).subscription, gone, std::move(sent)});
  }

  bool answered(std::uint64_t ws) {
    return !mail_of(ws).take<subscription_ready>().empty();
  }

  fake_group& handle() { return w.kafka.group("g"); }

  /// Kafka assigns, and all it is asked is answered.
  void assign(partitions assigned) {
    for (const kafka::topic_partition& p : assigned)
      handle().log_ends.emplace(p, 10);
    handle().emit_assigned(std::move(assigned));
    settle();
  }
  void settle() {
    handle().settle([this] { w.run(); });
  }

  /// A first member with its partitions, answered and fetching.
  void subscribed(std::uint64_t ws, strings topics, partitions assigned) {
    join(ws, std::move(topics));
    assign(std::move(assigned));
    w.advance(times(501));
    mail_of(ws).take<subscription_ready>();
  }

  /// The ledger's account tells who owns it; 0: nobody.
  std::uint64_t owner(const kafka::topic_partition& p) {
    const auto account = handle().owner(p);
    for (const auto& [ws, known] : w.peers)
      if (account && known.account == account)
        return ws;
    return 0;
  }

  /// Records to the owner; the owned position behind the last of them.
  owned_position fetch(const kafka::topic_partition& p, unsigned count) {
    const std::uint64_t ws = owner(p);
    handle().fetch(p, count);
    w.run();
    owned_position end{p, 0, handle().position(p)};
    for (const deliver& message : mail_of(ws).take<deliver>())
      for (const delivery& d : *message.what)
        end.owner_epoch = d.owner_epoch;
    return end;
  }

  void confirm(std::uint64_t ws, owned_position end, bool everything = true) {
    tell(positions_confirmed{ws, {std::move(end)}, everything});
  }

  /// Answers each `take_back` of the member: it sent as far as `sent` says.
  void give_back(std::uint64_t ws, const std::vector<owned_position>& sent) {
    for (const take_back& order : mail_of(ws).take<take_back>())
      tell(gave_back{ws, order.order, sent});
  }

  std::int64_t committed(const kafka::topic_partition& p) {
    return handle().committed.at(p);
  }

  actor_world w;
  gateway_actor gateway;
  std::map<std::uint64_t, std::unique_ptr<member>> members;
  std::uint64_t subscriptions = 0;
  consumer_group_actor actor;
};

}  // namespace wskafka::test
