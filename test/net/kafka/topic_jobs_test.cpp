#include "net/kafka/topic_jobs.hpp"

#include "net/kafka/embedded_broker.hpp"
#include "test/net/kafka/edge_fixture.hpp"

#include <doctest/doctest.h>

#include <array>

using namespace wskafka::kafka;

TEST_SUITE("net/kafka/topic_jobs") {
  TEST_CASE("what could not be done is no failure where it is there already") {
    const auto broker = std::move(*embedded_broker::start().value);
    broker->create_topic("there", 1);
    std::array<char, 512> why{};
    rd_kafka_conf_t* settings = rd_kafka_conf_new();
    rd_kafka_conf_set(settings, "bootstrap.servers", broker->address().c_str(),
                      why.data(), why.size());
    const std::shared_ptr<rd_kafka_t> client(
        rd_kafka_new(RD_KAFKA_PRODUCER, settings, why.data(), why.size()),
        rd_kafka_destroy);
    test::broker_events heard;
    const auto pool = std::make_shared<worker_pool>(1);
    const auto directory = std::make_shared<topic_directory>(
        client, pool, std::make_shared<broker_watch>("embedded", heard));
    const auto jobs = std::make_shared<topic_jobs>(client, pool, directory,
                                                   "cannot create topics");

    test::arrivals<std::vector<create_outcome>> done;
    const auto begun = jobs->begin(
        {"there", "missing"}, topic_jobs::clock::now() + test::patience,
        [&](std::vector<create_outcome> all) { done.add(std::move(all)); },
        [](const topic_view& view, const std::string& topic) {
          return topic_jobs::seen{view.table->partitions.count(topic) > 0};
        });
    for (const std::string& topic : topic_jobs::names(*begun.work))
      topic_jobs::fail_if_missing(*begun.work, topic,
                                  {"REFUSED", "No.", false});
    jobs->await_list(begun.work);
    const auto outcomes = done.take();
    CHECK(!outcomes.at(0).error);
    REQUIRE(outcomes.at(1).error);
    CHECK(outcomes[1].error->code == "REFUSED");

    jobs->stop();
    directory->stop();
    CHECK(pool->stop(topic_jobs::clock::now() + test::patience));
  }
}
