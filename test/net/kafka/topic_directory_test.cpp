#include "net/kafka/topic_directory.hpp"

#include "test/net/kafka/edge_fixture.hpp"

#include <doctest/doctest.h>

#include <future>

using namespace wskafka::kafka;

TEST_SUITE("net/kafka/topic_directory") {
  TEST_CASE("a suspicion that nobody had time for accuses nobody") {
    test::broker_events heard;
    const auto pool = std::make_shared<worker_pool>(1);
    std::promise<void> busy;
    pool->run([free = busy.get_future().share()] { free.wait(); });
    const auto directory = std::make_shared<topic_directory>(
        nullptr, pool, std::make_shared<broker_watch>("none", heard));
    test::arrivals<int> answered;
    const auto both = topic_directory::clock::now() + std::chrono::seconds(3);
    directory->suspect();
    // Behind its deadline.
    directory->ask(both, [&](const result<topic_view>& view) {
      CHECK(view.error.code == "TIMEOUT");
      answered.add(1);
    });
    answered.take();
    directory->suspect();
    directory->stop();
    CHECK(heard.states.size() == 0);
    busy.set_value();
  }
}
