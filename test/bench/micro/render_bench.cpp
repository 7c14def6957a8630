#include "protocol/render.hpp"
#include "test/bench/micro/values.hpp"

#include <benchmark/benchmark.h>

namespace {

using namespace wskafka;

void render(benchmark::State& state, const std::string& value) {
  std::string out;
  std::uint64_t id = 0;
  for (auto _ : state) {
    out.clear();
    protocol::append_delivery(out, ++id, value, false);
    benchmark::DoNotOptimize(out.data());
  }
  state.SetItemsProcessed(state.iterations());
}

void render_text(benchmark::State& state) {
  render(state, bench::text(static_cast<std::size_t>(state.range(0))));
}
BENCHMARK(render_text)->Arg(100)->Arg(1024);

void render_json(benchmark::State& state) {
  std::string value = R"({"name":"a","at":[1,2,3],"ok":true,"text":"abcd"})";
  value += value;
  render(state, value);
}
BENCHMARK(render_json);

void render_failure(benchmark::State& state) {
  const protocol::envelope head{"1320", "\"notif\"", "\"create\""};
  const protocol::failure why{"QUEUE_FULL", "no room", true};
  std::string out;
  for (auto _ : state) {
    out.clear();
    protocol::append_failure(out, 7, head, why, protocol::persisted::no);
    benchmark::DoNotOptimize(out.data());
  }
}
BENCHMARK(render_failure);

}  // namespace
