#include "net/inbox.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <benchmark/benchmark.h>
#include <cstdint>
#include <vector>

namespace {

/// A burst for a shard: left in its inbox, and one post to its loop for all of
/// it. Waking another thread is left out: that is the machine's price.
void shard_post(benchmark::State& state) {
  boost::asio::io_context io(1);
  const auto work = boost::asio::make_work_guard(io);
  std::vector<std::uint64_t> taken;
  std::uint64_t sum = 0;
  wskafka::net::inbox<std::uint64_t> outbox([&] {
    boost::asio::post(io, [&] {
      outbox.drain(taken);
      sum += taken.size();
    });
  });
  for (auto _ : state) {
    for (std::int64_t i = 0; i < state.range(0); ++i)
      outbox.push(static_cast<std::uint64_t>(i));
    io.poll();
  }
  if (sum != static_cast<std::uint64_t>(state.iterations() * state.range(0)))
    state.SkipWithError("the shard did not get every item");
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(shard_post)->Arg(1)->Arg(32);

}  // namespace
