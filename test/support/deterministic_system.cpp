#include "test/support/deterministic_system.hpp"

#include <caf/actor_registry.hpp>
#include <caf/exit_reason.hpp>
#include <caf/send.hpp>

#include <cstdio>
#include <cstdlib>

namespace wskafka::test {

using caf::scheduler::test_coordinator;

deterministic_system::configuration::configuration() {
  set("scheduler.policy", caf::atom("testing"));
}

deterministic_system::deterministic_system()
    : system_(configuration_),
      scheduler_(dynamic_cast<test_coordinator&>(system_.scheduler())) {}

deterministic_system::~deterministic_system() {
  end();
}

void deterministic_system::run() {
  while (scheduler_.try_run_once()) {
  }
}

void deterministic_system::advance(std::chrono::milliseconds time) {
  auto& clock = scheduler_.clock();
  const auto until = clock.now() + time;
  run();
  while (!clock.schedule().empty() && clock.schedule().begin()->first < until) {
    const auto next = clock.schedule().begin()->first;
    clock.advance_time(std::max(next - clock.now(), caf::timespan{0}));
    run();
  }
  clock.advance_time(until - clock.now());
  run();
}

deterministic_system::time_point deterministic_system::now() {
  return scheduler_.clock().now();
}

std::size_t deterministic_system::timers() {
  return scheduler_.clock().schedule().size();
}

void deterministic_system::end() {
  run();
  for (const caf::strong_actor_ptr& actor : std::exchange(spawned_, {})) {
    caf::anon_send_exit(actor, caf::exit_reason::user_shutdown);
    run();
  }
  // Who waits for something in its own time.
  for (int hours = 0; alive() > 0 && hours < 24; ++hours)
    advance(std::chrono::hours(1));
  if (alive() > 0) {
    std::fprintf(stderr, "%zu actors do not end\n", alive());
    std::abort();
  }
}

}  // namespace wskafka::test
