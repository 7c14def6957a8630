#pragma once

#include "actors/connection.hpp"
#include "test/actors/delivering.hpp"
#include "test/support/actor_world.hpp"

#include <string>
#include <utility>
#include <vector>

namespace wskafka::test {

/// One connection, number 1, among stand-ins; the test plays them.
struct connection_talk {
  using kind = control_request::kind;
  using strings = std::vector<std::string>;

  connection_talk() {
    w.options.consumer.mq_interval.reset();
    topics = listen_as_topics(w.actors, w.inbound);
    gateway = listen_as_gateway(w.actors, w.inbound);
    router = listen_as_router(w.actors, w.inbound);
    group = listen_as_group(w.actors, w.inbound);
  }

  connection_actor& talk() {
    if (!actor)
      actor = w.actors.spawn<connection>(w.shared, w.open(1), topics, gateway,
                                         router);
    return actor;
  }

  control_request request(kind what, const std::string& id, strings names = {},
                          const std::string& name = "g") {
    control_request r;
    r.what = what;
    r.head.id = id;
    r.head.t = "\"topic\"";
    r.topics = std::move(names);
    r.group = name;
    r.deadline = w.actors.now() + w.options.kafka.request_timeout;
    r.held = std::make_shared<net::charge>(w.open(1).account,
                                           net::direction::in, 100);
    return r;
  }

  template <class Message>
  void tell(Message message) {
    caf::anon_send(talk(), std::move(message));
    w.run();
  }

  void ask(std::vector<control_request> requests) {
    control_burst burst;
    burst.requests = std::move(requests);
    tell(std::move(burst));
  }
  void ask(kind what, const std::string& id, strings names = {},
           const std::string& name = "g") {
    ask({request(what, id, std::move(names), name)});
  }

  /// Answers the one `check_topics`: all exist.
  void checked() {
    const auto asked = w.inbound.take_one<check_topics>();
    topics_ready answer;
    answer.request = asked.request;
    for (const std::string& name : asked.topics)
      answer.outcomes.push_back({name, std::nullopt});
    tell(answer);
  }

  /// Answers the one `find_group`.
  void found() {
    const auto asked = w.inbound.take_one<find_group>();
    tell(group_found{asked.subscription, group});
  }

  /// As far as the group's answer is concerned.
  join_group joined() {
    checked();
    found();
    return w.inbound.take_one<join_group>();
  }

  /// Subscribes from start to end; the subscription's number.
  std::uint64_t subscribe(strings names, const std::string& name = "g") {
    ask(kind::subscribe, "100", std::move(names), name);
    const std::uint64_t number = joined().subscription;
    tell(subscription_ready{number});
    w.sockets.take_one(1);
    w.inbound.clear();
    return number;
  }

  void deliver_records(delivery records) {
    auto list = std::make_shared<std::vector<delivery>>();
    list->push_back(std::move(records));
    tell(deliver{std::move(list)});
  }

  /// Why the request was refused; empty: it was not.
  static std::string code(const json& reply) {
    return reply.at("s") == 0 ? "" : reply.at("p").at("code");
  }

  void peer_confirms(std::uint64_t sequence) {
    control_burst burst;
    burst.confirmed = sequence;
    tell(std::move(burst));
  }

  void written() {
    control_burst burst;
    burst.written = w.sockets.write(1);
    tell(std::move(burst));
  }

  actor_world w;
  topics_actor topics;
  gateway_actor gateway;
  router_actor router;
  group_link group;
  connection_actor actor;
};

}  // namespace wskafka::test
