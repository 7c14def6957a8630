#include "net/kafka/topic_directory.hpp"

#include "net/kafka/embedded_broker.hpp"
#include "net/kafka/settings.hpp"
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

  TEST_CASE("a topic that was created anew is counted once") {
    const auto broker = std::move(*embedded_broker::start().value);
    const config::options options;
    const std::shared_ptr<rd_kafka_t> client(std::move(
        *make_admin(options, {broker->address(), broker->address(), true})
             .value));
    test::broker_events heard;
    const auto pool = std::make_shared<worker_pool>(1);
    const auto directory = std::make_shared<topic_directory>(
        client, pool, std::make_shared<broker_watch>("embedded", heard));
    const auto since = [&] {
      test::arrivals<int> answered;
      directory->ask(topic_directory::clock::now() + test::patience,
                     [&](const result<topic_view>&) { answered.add(1); });
      answered.take();
      return directory->table()->since.at("t");
    };
    const std::uint64_t asked = directory->version();
    broker->create_topic("t", 1);
    // A list was sooner than the broker's answer.
    const std::uint64_t first = since();
    directory->created_anew("t", asked);
    CHECK(since() == first);
    // No list shows that it was gone.
    directory->created_anew("t", first);
    CHECK(since() == first + 1);
    directory->created_anew("other", first + 1);
    CHECK(directory->version() == first + 1);
    directory->stop();
    CHECK(pool->stop(topic_directory::clock::now() + test::patience));
  }
}
