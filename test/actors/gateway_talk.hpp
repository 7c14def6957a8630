#pragma once

#include "actors/gateway.hpp"
#include "test/support/actor_world.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace wskafka::test {

/// The gateway with one shard; topics, routers, groups, connections are real.
struct gateway_talk {
  gateway_talk() {
    inbox = std::make_shared<shard_inbox>([this] {
      if (*slot)
        caf::anon_send(*slot, inbox_ready{});
    });
  }

  /// Before what the actors put their mail into.
  ~gateway_talk() {
    *slot = nullptr;
    w.actors.end();
  }

  void begin() {
    gateway::callbacks calls;
    calls.ready = [this] { ready = true; };
    calls.stopped = [this](bool last, bool clean) {
      stopped.emplace_back(last, clean);
      handed_over = w.kafka.producer().values().size();
    };
    calls.failed = [this] { ++failed; };
    actor = w.actors.spawn<gateway>(
        w.shared, std::vector<std::shared_ptr<shard_inbox>>{inbox},
        std::vector<std::shared_ptr<router_actor>>{slot}, calls);
    w.run();
  }

  template <class Message>
  void tell(Message message) {
    caf::anon_send(actor, std::move(message));
    w.run();
  }

  void open(std::uint64_t ws) {
    const peer p = w.open(ws);
    put(ws::opened{p.ref, p.account, "1.2.3.4:5"});
  }
  void close(std::uint64_t ws) {
    put(ws::closed{w.open(ws).ref, ws::close_reason::peer, 1000});
  }
  void say(std::uint64_t ws, const std::string& text) {
    const peer p = w.open(ws);
    ws::received event;
    event.ref = p.ref;
    event.text = text;
    event.held = net::charge(p.account, net::direction::in, text.size() + 200);
    put(std::move(event));
  }
  void put(ws::event event) {
    inbox->push(std::move(event));
    w.run();
  }

  /// What the peer is sent; it all leaves at once.
  std::vector<json> replies(std::uint64_t ws) {
    w.sockets.write(ws);
    return w.sockets.take(ws);
  }

  /// Subscribes, with Kafka playing along: the group gets one partition.
  void subscribe(std::uint64_t ws, const std::string& topic,
                 const std::string& group, const std::string& more = {}) {
    say(ws, R"({"id":1,"t":"topic","a":"subscribe","p":{"t":[")" + topic +
                R"("],"consumer_group":")" + group + '"' + more + "}}");
    w.kafka.finish_creates();
    w.run();
    w.kafka.group(group).emit_assigned({{topic, 0}});
    w.kafka.group(group).settle([this] { w.run(); });
  }

  void stop(bool last = false) {
    tell(begin_stop{w.actors.now() + std::chrono::seconds(20), last});
  }

  actor_world w;
  /// For stand-ins of the test's own.
  mail other;
  std::shared_ptr<router_actor> slot = std::make_shared<router_actor>();
  std::shared_ptr<shard_inbox> inbox;
  gateway_actor actor;
  bool ready = false;
  unsigned failed = 0;
  std::vector<std::pair<bool, bool>> stopped;
  /// Records that the Kafka edge had when that was told.
  std::size_t handed_over = 0;
};

}  // namespace wskafka::test
