#include "test/support/mail.hpp"

#include <caf/typed_event_based_actor.hpp>

namespace wskafka::test {
namespace {

template <class Handle>
class listener;

template <class... Messages>
class listener<caf::typed_actor<caf::reacts_to<Messages>...>> final
    : public caf::typed_actor<caf::reacts_to<Messages>...>::base {
 public:
  using handle = caf::typed_actor<caf::reacts_to<Messages>...>;

  listener(caf::actor_config& config, mail& into)
      : handle::base(config), into_(into) {}

  typename handle::behavior_type make_behavior() override {
    return {[this](Messages& message) { into_.put(std::move(message)); }...};
  }

 private:
  mail& into_;
};

template <class Handle>
Handle listen(deterministic_system& system, mail& into) {
  return system.spawn<listener<Handle>>(std::ref(into));
}

}  // namespace

gateway_actor listen_as_gateway(deterministic_system& system, mail& into) {
  return listen<gateway_actor>(system, into);
}

topics_actor listen_as_topics(deterministic_system& system, mail& into) {
  return listen<topics_actor>(system, into);
}

router_actor listen_as_router(deterministic_system& system, mail& into) {
  return listen<router_actor>(system, into);
}

connection_actor listen_as_connection(deterministic_system& system,
                                      mail& into) {
  return listen<connection_actor>(system, into);
}

producer_actor listen_as_producer(deterministic_system& system, mail& into) {
  return listen<producer_actor>(system, into);
}

group_link listen_as_group(deterministic_system& system, mail& into) {
  return listen<group_link>(system, into);
}

health_collector listen_as_collector(deterministic_system& system, mail& into) {
  return listen<health_collector>(system, into);
}

}  // namespace wskafka::test
