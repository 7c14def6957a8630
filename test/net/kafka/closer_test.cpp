#include "net/kafka/closer.hpp"

#include "test/net/kafka/edge_fixture.hpp"

#include <doctest/doctest.h>

using namespace wskafka;
using namespace wskafka::kafka;
using std::chrono::milliseconds;
using clock_type = std::chrono::steady_clock;
using test::fixture;

TEST_SUITE("net/kafka/closer") {
  TEST_CASE("a handle that never subscribed closes at once") {
    fixture f;
    auto member = f.join(test::unique_name("g"));
    member.consumer->close(clock_type::now() + test::patience);
    CHECK(!member.heard->next<consumer_closed>().given_up);
    // It is gone: what is called now has no effect, and does no harm.
    member.consumer->subscribe({"a"});
    member.consumer->commit(1, {{{"a", 0}, 1}});
    CHECK(member.consumer->ends().empty());
    test::arrivals<std::vector<start_answer>> found;
    member.consumer->find_starts(
        {{{"a", 0}, -1}}, milliseconds(30'000),
        [&](std::vector<start_answer> all) { found.add(all); });
    CHECK(found.take()[0].error->code == "SHUTTING_DOWN");
    test::eventually([&] { return f.edge().state().handles == 2; });
    // Nobody keeps it.
    const std::weak_ptr<group_consumer> weak = member.consumer;
    member.consumer.reset();
    test::eventually([&] { return weak.expired(); });
  }

  TEST_CASE("commits that are on their way are finished before") {
    fixture f;
    const std::string topic = f.new_topic();
    const std::string group = test::unique_name("g");
    auto member = f.join_at_start(group, topic);
    for (std::uint64_t id = 1; id <= 20; ++id)
      member.consumer->commit(id,
                              {{{topic, 0}, static_cast<std::int64_t>(id)}});
    member.consumer->close(clock_type::now() + test::patience);
    for (std::uint64_t id = 1; id <= 20; ++id) {
      const auto done = member.heard->next<committed>();
      CHECK(done.id == id);
      CHECK(!done.error);
    }
    CHECK(!member.heard->next<consumer_closed>().given_up);
  }

  TEST_CASE("the edge's stop closes what is left, and says that all went") {
    fixture f;
    const std::string topic = f.new_topic();
    auto one = f.join_at_start(test::unique_name("g"), topic);
    auto two = f.join(test::unique_name("g"));
    CHECK(f.stop(milliseconds(20'000)));
    CHECK(!one.heard->next<consumer_closed>().given_up);
    CHECK(!two.heard->next<consumer_closed>().given_up);
    const auto late = f.edge().join("g", two.heard);
    REQUIRE(!late);
    CHECK(late.error.code == "SHUTTING_DOWN");
    // A second stop changes nothing.
    CHECK(f.stop(milliseconds(0)));
  }

  TEST_CASE("a group beyond the prefetch budget is refused, until one goes") {
    auto options = test::test_options();
    options.consumer.prefetch_budget = 2 * 1024 * 1024;
    fixture f(options);
    auto member = f.join(test::unique_name("g"));
    const auto refused = f.edge().join("g2", member.heard);
    REQUIRE(!refused);
    CHECK(refused.error.code == "LIMIT_REACHED");
    CHECK(refused.error.retriable);
    member.consumer->close(clock_type::now() + test::patience);
    member.heard->next<consumer_closed>();
    test::eventually([&] {
      return bool(f.edge().join("g2", std::make_shared<test::events>()));
    });
  }

  TEST_CASE("a rebalance that nobody answers is answered in time") {
    fixture f;
    const std::string topic = f.new_topic();
    // A handle of its own, so that the time can be short.
    const auto watch = std::make_shared<broker_watch>("test", f.heard);
    watch->answered();
    const auto by = std::make_shared<poller>();
    const auto workers = std::make_shared<worker_pool>(1);
    closer leavers(watch);
    reaper graves;
    auto options = test::test_options();
    const std::string address =
        f.real() ? options.kafka.host : f.edge().embedded()->address();
    auto share = std::make_shared<prefetch_budget>(options.consumer)->take();
    auto client = make_consumer(options, {address, address, !f.real()},
                                test::unique_name("g"), share->shape());
    REQUIRE(client);
    const auto heard = std::make_shared<test::events>();
    test::arrivals<int> ended;
    const auto handle = std::make_shared<group_handle>(
        group_handle::surroundings{
            by, workers, watch, std::make_shared<callback_gate>(), leavers,
            batch_bounds{}, credentials{},
            std::make_shared<topic_directory>(nullptr, workers, watch),
            milliseconds(50)},
        std::make_shared<consumer_client>(std::move(*client.value), watch,
                                          std::move(share), graves),
        heard, [&] { ended.add(1); });
    handle->start();
    handle->subscribe({topic});
    const auto given = heard->next<assigned>();
    CHECK(heard->next<consumer_failed>().why.code == "INTERNAL");
    // Late, but still the answer to the rebalance that stands.
    f.write(topic, 0, test::numbered(0, 3));
    handle->assign(test::at_first(given.partitions), 1);
    handle->give({topic, 0}, f.book.open(), 1);
    CHECK(test::read(*heard, 3, 1, 1).values == test::numbered(0, 3));
    handle->close(clock_type::now() + test::patience);
    ended.take();
    CHECK(leavers.stop(clock_type::now() + test::patience));
    by->stop();
    workers->stop(clock_type::now() + test::patience);
    CHECK(graves.wait(clock_type::now() + test::patience));
  }
}
