#include "net/ledger.hpp"

#include <benchmark/benchmark.h>

namespace {

using namespace wskafka::net;

constexpr budget plenty{1U << 30U, 1U << 24U, 1U << 20U};

/// One ledger for all threads, an account for each.
ledger& book() {
  static ledger one(plenty, plenty);
  return one;
}

void ledger_charge_release(benchmark::State& state) {
  const auto mine = book().open();
  for (auto _ : state) {
    charge held(mine, direction::in, 300);
    benchmark::DoNotOptimize(mine->over(direction::in));
  }
}
BENCHMARK(ledger_charge_release)->Threads(1)->Threads(2)->UseRealTime();

void ledger_delivery_credit(benchmark::State& state) {
  const auto mine = book().open();
  for (auto _ : state)
    benchmark::DoNotOptimize(mine->delivery_credit());
}
BENCHMARK(ledger_delivery_credit);

}  // namespace
