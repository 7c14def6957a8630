#include "protocol/parse.hpp"
#include "test/bench/micro/values.hpp"

#include <benchmark/benchmark.h>

namespace {

using namespace wskafka;

/// Arguments: messages a frame, bytes a value.
void parse_publish(benchmark::State& state) {
  const auto count = static_cast<std::size_t>(state.range(0));
  const std::string frame =
      bench::publishes(count, static_cast<std::size_t>(state.range(1)));
  protocol::parser parser{protocol::limits{}};
  if (!std::holds_alternative<protocol::publish_request>(
          parser.parse(frame).front()))
    state.SkipWithError("the frame is no publish");
  for (auto _ : state)
    benchmark::DoNotOptimize(parser.parse(frame).data());
  state.SetItemsProcessed(state.iterations() * state.range(0));
  state.SetBytesProcessed(state.iterations() *
                          static_cast<std::int64_t>(frame.size()));
}
BENCHMARK(parse_publish)->Args({1, 100})->Args({1, 1024})->Args({32, 100});

void parse_subscribe(benchmark::State& state) {
  const std::string frame =
      R"({"id":1000,"t":"topic","a":"subscribe","p":)"
      R"({"t":["topic1","topic2"],"consumer_group":"ingestion_1"}})";
  protocol::parser parser{protocol::limits{}};
  for (auto _ : state)
    benchmark::DoNotOptimize(parser.parse(frame).data());
}
BENCHMARK(parse_subscribe);

}  // namespace
