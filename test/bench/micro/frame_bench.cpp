#include "net/ws/frames.hpp"
#include "test/bench/micro/values.hpp"

#include <benchmark/benchmark.h>

namespace {

using namespace wskafka;

/// So many frames of 100 bytes joined for one write.
void frame_batch_join(benchmark::State& state) {
  const std::string value = bench::text(100);
  for (auto _ : state) {
    ws::frame_batch batch;
    for (std::int64_t i = 0; i < state.range(0); ++i)
      batch.add(ws::opcode::text, std::string(value));
    benchmark::DoNotOptimize(batch.bytes.data());
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(frame_batch_join)->Arg(1)->Arg(64);

}  // namespace
