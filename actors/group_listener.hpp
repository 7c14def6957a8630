#pragma once

#include "actors/consumer_group.hpp"

#include <caf/send.hpp>

#include <utility>

namespace wskafka {

/// Where the poller leaves a group's events for its actor.
class consumer_group::listener final : public kafka::group_listener {
 public:
  explicit listener(consumer_group_actor owner)
      : inbox([owner = std::move(owner)] {
          caf::anon_send(owner, inbox_ready{});
        }) {}

  void on_event(kafka::group_event event) override {
    inbox.push(std::move(event));
  }

  net::inbox<inbox_item> inbox;
};

}  // namespace wskafka
