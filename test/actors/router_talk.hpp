#pragma once

#include "actors/router.hpp"
#include "test/support/actor_world.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace wskafka::test {

/// One router among stand-ins; the connections and producers are real.
struct router_talk {
  using strings = std::vector<std::string>;

  router_talk() {
    inbox = std::make_shared<shard_inbox>([this] {
      if (actor)
        caf::anon_send(actor, inbox_ready{});
    });
    topics = listen_as_topics(w.actors, w.inbound);
    gateway = listen_as_gateway(w.actors, w.inbound);
    w.kafka.set_topic("t", 1);
  }
  ~router_talk() { actor = nullptr; }

  void begin() {
    actor = w.actors.spawn<router>(w.shared, 0u, inbox, topics, gateway);
    w.run();
  }

  ws::opened opened(std::uint64_t ws) {
    const peer p = w.open(ws);
    return {p.ref, p.account, "1.2.3.4:5"};
  }
  ws::received received(std::uint64_t ws, const std::string& text,
                        bool refused = false) {
    const peer p = w.open(ws);
    ws::received event;
    event.ref = p.ref;
    event.text = text;
    event.held = net::charge(p.account, net::direction::in, text.size() + 200);
    event.refused = refused;
    return event;
  }
  ws::closed closed(std::uint64_t ws) {
    return {w.open(ws).ref, ws::close_reason::peer, 1000};
  }

  /// One burst of the shard.
  template <class... Events>
  void burst(Events... events) {
    std::vector<ws::event> all;
    (all.emplace_back(std::move(events)), ...);
    inbox->push_all(all);
    w.run();
  }
  void say(std::uint64_t ws, const std::string& text) {
    burst(received(ws, text));
  }

  actor_world w;
  std::shared_ptr<shard_inbox> inbox;
  topics_actor topics;
  gateway_actor gateway;
  router_actor actor;
};

}  // namespace wskafka::test
