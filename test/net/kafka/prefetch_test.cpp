#include "config/validate.hpp"
#include "net/kafka/prefetch_budget.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace wskafka;
using namespace wskafka::kafka;

TEST_SUITE("net/kafka/prefetch_budget") {
  TEST_CASE("the first handles fetch much, those after them little") {
    config::consumer_options o;
    const auto budget = std::make_shared<prefetch_budget>(o);
    std::vector<std::unique_ptr<prefetch_budget::share>> shares;
    while (auto share = budget->take())
      shares.push_back(std::move(share));
    CHECK(budget->used() <= o.prefetch_budget);
    CHECK(shares.size() >= o.max_groups);
    CHECK(shares.front()->shape().queue_kbytes == 1024);
    CHECK(shares.back()->shape().queue_kbytes == 128);
    shares.clear();
    CHECK(budget->used() == 0);
  }

  TEST_CASE("the least budget that a configuration may have opens one handle") {
    for (const bool bounded : {false, true}) {
      config::options o;
      if (bounded)
        o.consumer.fetch_max_bytes = 1'000'000;
      const auto good = [&] { return config::validate(o).empty(); };
      std::size_t below = 0;
      while (o.consumer.prefetch_budget - below > 1) {
        const std::size_t high = o.consumer.prefetch_budget;
        o.consumer.prefetch_budget = below + (high - below) / 2;
        if (good())
          continue;
        below = o.consumer.prefetch_budget;
        o.consumer.prefetch_budget = high;
      }
      CAPTURE(o.consumer.prefetch_budget);
      CHECK(std::make_shared<prefetch_budget>(o.consumer)->take());
      --o.consumer.prefetch_budget;
      CHECK(!std::make_shared<prefetch_budget>(o.consumer)->take());
    }
  }

  TEST_CASE("many handles fetch more rarely, unless told how often") {
    config::consumer_options o;
    auto budget = std::make_shared<prefetch_budget>(o);
    std::vector<std::unique_ptr<prefetch_budget::share>> shares;
    for (int i = 0; i < 21; ++i)
      shares.push_back(budget->take());
    CHECK(shares[19]->shape().fetch_wait_ms == 10);
    CHECK(shares[20]->shape().fetch_wait_ms == 100);
    shares.clear();
    o.fetch_max_wait = std::chrono::milliseconds(50);
    o.fetch_max_bytes = 1000;
    budget = std::make_shared<prefetch_budget>(o);
    shares.push_back(budget->take());
    CHECK(shares[0]->shape().fetch_wait_ms == 50);
    CHECK(shares[0]->shape().fetch_bytes == 1000);
  }

  TEST_CASE("assigned partitions count against the next handle") {
    config::consumer_options o;
    o.prefetch_budget = 64 * 1024 * 1024;
    const auto budget = std::make_shared<prefetch_budget>(o);
    auto first = budget->take();
    REQUIRE(first);
    first->resize(100);
    CHECK(!budget->take());
    first->resize(3);
    CHECK(budget->take());
  }
}
