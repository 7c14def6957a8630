#include "actors/frugal_sharing.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/scheduler/coordinator.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

#include <benchmark/benchmark.h>
#include <cstdint>
#include <memory>

namespace {

struct config : caf::actor_system_config {
  config() {
    load<caf::scheduler::coordinator<wskafka::frugal_sharing>>();
    set("scheduler.max-threads", std::size_t{1});
  }
};

caf::behavior counting() {
  const auto count = std::make_shared<std::int64_t>(0);
  return {[=](std::int32_t) { ++*count; },
          [=](caf::get_atom) { return *count; }};
}

/// Messages from a foreign thread to an actor, and back when it has had all of
/// them. The CPU time is that of both threads.
void actor_hop(benchmark::State& state) {
  config settings;
  caf::actor_system system(settings);
  caf::scoped_actor outside(system);
  const caf::actor inside = system.spawn(counting);
  std::int64_t counted = 0;
  for (auto _ : state) {
    for (std::int64_t i = 0; i < state.range(0); ++i)
      caf::anon_send(inside, std::int32_t{1});
    outside->request(inside, caf::infinite, caf::get_atom_v)
        .receive([&](std::int64_t count) { counted = count; },
                 [&](const caf::error&) { counted = -1; });
  }
  if (counted != static_cast<std::int64_t>(state.iterations()) * state.range(0))
    state.SkipWithError("the actor did not get every message");
  state.SetItemsProcessed(state.iterations() * state.range(0));
  caf::anon_send_exit(inside, caf::exit_reason::user_shutdown);
}
BENCHMARK(actor_hop)->Arg(1)->Arg(1000)->MeasureProcessCPUTime()->UseRealTime();

}  // namespace
