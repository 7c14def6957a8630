#include "net/ws/utf8.hpp"
#include "protocol/utf8.hpp"
#include "test/bench/micro/values.hpp"

#include <benchmark/benchmark.h>

namespace {

using namespace wskafka;

/// Arguments: bytes, and whether a part is beyond ASCII.
std::string sample(const benchmark::State& state) {
  return bench::text(static_cast<std::size_t>(state.range(0)),
                     state.range(1) != 0);
}

/// On reading a frame, in pieces.
void utf8_frame(benchmark::State& state) {
  const std::string value = sample(state);
  ws::utf8_check check;
  for (auto _ : state) {
    check.reset();
    if (!check.feed(value.data(), value.size()) || !check.complete())
      state.SkipWithError("the text is valid");
  }
  state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(utf8_frame)->Args({100, 0})->Args({1024, 0})->Args({1024, 1});

/// On delivering a record.
void utf8_record(benchmark::State& state) {
  const std::string value = sample(state);
  for (auto _ : state)
    if (!protocol::valid_utf8(value))
      state.SkipWithError("the text is valid");
  state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(utf8_record)->Args({100, 0})->Args({1024, 0})->Args({1024, 1});

}  // namespace
