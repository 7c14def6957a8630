#pragma once

#include "actors/topics.hpp"
#include "test/support/actor_world.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace wskafka::test {

/// The topics actor, and who asks it.
struct topics_talk {
  using strings = std::vector<std::string>;
  using seconds = std::chrono::seconds;

  topics_talk() {
    actor = w.actors.spawn<topics>(w.shared);
    asker = listen_as_connection(w.actors, w.inbound);
  }

  template <class Message>
  void tell(Message message) {
    caf::anon_send(actor, std::move(message));
    w.run();
  }
  void create(strings names, std::uint64_t number,
              const topic_shapes& shapes = {}) {
    tell(create_topics{std::move(names), number, seconds(60),
                       topic_client{asker},
                       std::make_shared<const topic_shapes>(shapes)});
  }
  void remove(strings names, std::uint64_t number) {
    tell(remove_topics{std::move(names), number, seconds(60),
                       topic_client{asker}});
  }
  void check(strings names, std::uint64_t number) {
    tell(check_topics{std::move(names), number, seconds(60),
                      topic_client{asker}});
  }
  void list(int id, seconds timeout = seconds(60)) {
    list_topics request;
    request.from = w.open(1);
    request.deadline = w.actors.now() + timeout;
    request.head = head(id, "list");
    request.held = held();
    tell(std::move(request));
  }
  /// A question; more of it may be told.
  control_request question(control_request::kind what, int id, strings names) {
    control_request asked;
    asked.what = what;
    asked.head = head(id, "any");
    asked.topics = std::move(names);
    asked.deadline = w.actors.now() + seconds(60);
    asked.held = held();
    return asked;
  }
  void ask(control_request asked) {
    tell(inquire_topics{w.open(1), std::move(asked)});
  }

  static owned_envelope head(int id, const std::string& action) {
    owned_envelope of;
    of.id = std::to_string(id);
    of.t = "\"topic\"";
    of.a = '"' + action + '"';
    return of;
  }
  std::shared_ptr<net::charge> held() {
    return std::make_shared<net::charge>(w.open(1).account, net::direction::in,
                                         300);
  }

  actor_world w;
  topics_actor actor;
  connection_actor asker;
};

inline const kafka::failure down{"BROKER_UNAVAILABLE", "Nobody there.", true};

}  // namespace wskafka::test
