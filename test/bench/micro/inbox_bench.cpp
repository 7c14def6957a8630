#include "net/inbox.hpp"

#include <benchmark/benchmark.h>
#include <cstdint>

namespace {

using wskafka::net::inbox;

/// A burst of so many items crosses to its owner with one wake-up.
void inbox_burst(benchmark::State& state) {
  std::uint64_t wakes = 0;
  inbox<std::uint64_t> between([&] { ++wakes; });
  std::vector<std::uint64_t> taken;
  for (auto _ : state) {
    for (std::int64_t i = 0; i < state.range(0); ++i)
      between.push(static_cast<std::uint64_t>(i));
    between.drain(taken);
    benchmark::DoNotOptimize(taken.data());
  }
  if (wakes != static_cast<std::uint64_t>(state.iterations()))
    state.SkipWithError("a burst woke its owner more than once");
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(inbox_burst)->Arg(1)->Arg(32);

}  // namespace
