#pragma once

#include "actors/interfaces.hpp"
#include "test/support/deterministic_system.hpp"

#include <any>
#include <stdexcept>
#include <utility>
#include <vector>

namespace wskafka::test {

/// What an actor that only listens has received.
class mail {
 public:
  void put(std::any message) { messages_.push_back(std::move(message)); }

  /// All of this kind since the last `take`, in order.
  template <class Message>
  std::vector<Message> take() {
    std::vector<Message> found;
    std::vector<std::any> rest;
    for (std::any& message : messages_) {
      if (auto* wanted = std::any_cast<Message>(&message))
        found.push_back(std::move(*wanted));
      else
        rest.push_back(std::move(message));
    }
    messages_ = std::move(rest);
    return found;
  }

  /// The only one of this kind; throws when there is none, or there are more.
  template <class Message>
  Message take_one() {
    auto found = take<Message>();
    if (found.size() != 1)
      throw std::runtime_error("messages of the kind: " +
                               std::to_string(found.size()));
    return std::move(found.front());
  }

  void clear() { messages_.clear(); }

 private:
  std::vector<std::any> messages_;
};

/// Stand-ins that put what they receive into `into`, which must outlive them.
gateway_actor listen_as_gateway(deterministic_system& system, mail& into);
topics_actor listen_as_topics(deterministic_system& system, mail& into);
router_actor listen_as_router(deterministic_system& system, mail& into);
connection_actor listen_as_connection(deterministic_system& system, mail& into);
producer_actor listen_as_producer(deterministic_system& system, mail& into);
group_link listen_as_group(deterministic_system& system, mail& into);
health_collector listen_as_collector(deterministic_system& system, mail& into);

}  // namespace wskafka::test
