#include "net/kafka/start_finder.hpp"
#include "test/net/kafka/edge_fixture.hpp"

#include <doctest/doctest.h>

using namespace wskafka::kafka;
using std::chrono::milliseconds;
using test::fixture;

namespace {

std::vector<start_answer> find(group_consumer& consumer,
                               std::vector<start_question> questions) {
  test::arrivals<std::vector<start_answer>> done;
  consumer.find_starts(std::move(questions), milliseconds(30'000),
                       [&](std::vector<start_answer> all) { done.add(all); });
  return done.take();
}

}  // namespace

TEST_SUITE("net/kafka/start_finder") {
  TEST_CASE("first record, end, and none, where nothing is committed") {
    fixture f;
    const std::string topic = f.new_topic();
    f.write(topic, 0, test::numbered(0, 30));
    f.write(topic, 1, test::numbered(0, 20));
    auto member = f.join(test::unique_name("g"));
    const auto all = find(*member.consumer, {{{topic, 1}, -1},
                                             {{topic, 0}, -2},
                                             {{topic, 2}, -1},
                                             {{topic, 0}, -2}});
    REQUIRE(all.size() == 4);
    for (const start_answer& each : all) {
      CHECK(!each.error);
      CHECK(!each.was_committed);
    }
    CHECK(all[0].at == topic_partition{topic, 1});
    CHECK(all[0].offset == 20);
    CHECK(all[1].offset == 0);
    CHECK(all[2].offset == 0);

    const auto none =
        find(*member.consumer, {{{topic, 0}, std::nullopt}, {{topic, 1}, -1}});
    REQUIRE(none.size() == 2);
    REQUIRE(none[0].error);
    CHECK(!none[0].error->retriable);
    CHECK(none[0].error->message.find("fromOffset") != std::string::npos);
    CHECK(!none[1].error);
    CHECK(none[1].offset == 20);
  }

  TEST_CASE("a partition that is not there fails alone") {
    fixture f;
    const std::string topic = f.new_topic();
    f.write(topic, 0, test::numbered(0, 3));
    auto member = f.join(test::unique_name("g"));
    const auto all =
        find(*member.consumer, {{{topic, 77}, -1}, {{topic, 0}, -1}});
    REQUIRE(all.size() == 2);
    REQUIRE(all[0].error);
    CHECK(all[0].error->code == "UNKNOWN_TOPIC_OR_PARTITION");
    CHECK(!all[1].error);
    CHECK(all[1].offset == 3);
  }

  TEST_CASE("a question that the pool drops is answered all the same") {
    const auto gate = std::make_shared<callback_gate>();
    test::arrivals<std::vector<start_answer>> done;
    {
      const auto pool = std::make_shared<worker_pool>(0);
      std::make_shared<start_finder>(
          std::vector<start_question>{{{"t", 0}, -1}},
          worker_pool::clock::now() + milliseconds(60'000),
          [&](std::vector<start_answer> all) { done.add(all); }, gate)
          ->begin(pool, [] { return nullptr; });
      pool->stop(worker_pool::clock::now());
    }
    const auto all = done.take();
    REQUIRE(all.size() == 1);
    CHECK(all[0].error->code == "SHUTTING_DOWN");
  }

  TEST_CASE("a question is answered by its deadline, however busy all are") {
    const auto gate = std::make_shared<callback_gate>();
    const auto pool = std::make_shared<worker_pool>(0);
    test::arrivals<std::vector<start_answer>> done;
    std::make_shared<start_finder>(
        std::vector<start_question>{{{"t", 0}, -1}},
        worker_pool::clock::now() + milliseconds(10),
        [&](std::vector<start_answer> all) { done.add(all); }, gate)
        ->begin(pool, [] { return nullptr; });
    CHECK(done.take()[0].error->code == "TIMEOUT");
  }
}
