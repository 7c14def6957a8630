#pragma once

#include "test/actors/gateway_talk.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <vector>

namespace wskafka::test {

using strings = std::vector<std::string>;

/// Connections that get topics by broadcast: all actors are real, the shard and
/// the tails' handle are played.
struct broadcast_talk : gateway_talk {
  broadcast_talk() {
    w.options.consumer.mq_interval.reset();
    w.kafka.set_topic("a", 1);
    w.kafka.set_topic("b", 1);
  }

  void ask(std::uint64_t ws, const std::string& topics) {
    say(ws, R"({"id":1,"t":"topic","a":"subscribe","p":{"t":[)" + topics +
                R"(],"broadcast":true}})");
  }
  void unsubscribe(std::uint64_t ws) {
    say(ws, R"({"id":2,"t":"topic","a":"unsubscribe"})");
  }
  fake_tails& tails() { return w.kafka.tail_reader(); }
  /// Nobody came for long enough.
  void linger() {
    w.advance(w.options.consumer.group_linger + std::chrono::milliseconds(1));
  }
  void start() {
    tails().start();
    w.run();
  }
  /// A member from start to end.
  void join(std::uint64_t ws, const std::string& topics = R"("a")") {
    open(ws);
    ask(ws, topics);
    start();
    CHECK(reply(ws) == "ok");
  }
  void fetch(const std::string& value, const std::string& topic = "a") {
    tails().fetch({topic, 0}, strings{value});
    w.run();
  }
  /// The code of the one reply, or "ok".
  std::string reply(std::uint64_t ws) {
    const auto all = replies(ws);
    if (all.size() != 1)
      return json(all).dump();
    return all[0].at("s") == 0 ? "ok" : all[0].at("p").at("code");
  }
  /// The values of each frame that it got.
  std::vector<strings> frames(std::uint64_t ws) {
    std::vector<strings> found;
    for (const json& frame : replies(ws)) {
      found.emplace_back();
      for (const json& element : frame)
        found.back().push_back(element.at("p"));
    }
    return found;
  }
  std::vector<ws::close_reason> closed(std::uint64_t ws) {
    return w.sockets.closed(ws);
  }
};

}  // namespace wskafka::test
