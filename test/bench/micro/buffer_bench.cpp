#include "actors/mq_buffer.hpp"

#include <benchmark/benchmark.h>

namespace {

struct item {
  std::size_t messages() const { return 1; }
  std::uint64_t what[4] = {};
};

/// Filled and taken, with so many items.
void mq_buffer_fill(benchmark::State& state) {
  wskafka::mq_buffer<item> buffer(static_cast<std::size_t>(state.range(0)),
                                  std::chrono::milliseconds(50));
  for (auto _ : state) {
    while (buffer.add({}) != wskafka::mq_buffer<item>::next::flush) {
    }
    benchmark::DoNotOptimize(buffer.take().data());
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(mq_buffer_fill)->Arg(1)->Arg(1000);

}  // namespace
