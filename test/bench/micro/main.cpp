// Micro benchmarks of what every message passes: wskafka-micro --help.

#include <benchmark/benchmark.h>

BENCHMARK_MAIN();
