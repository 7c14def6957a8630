#include "net/kafka/producer_handle.hpp"
#include "test/net/kafka/administrator.hpp"
#include "test/net/kafka/edge_fixture.hpp"

#include <doctest/doctest.h>

#include <thread>

using namespace wskafka;
using namespace wskafka::kafka;
using std::chrono::milliseconds;
using test::fixture;

TEST_SUITE("net/kafka/producer") {
  TEST_CASE("what the broker took is settled, and its charge released") {
    fixture f;
    const std::string topic = f.new_topic();
    auto batch = f.batch(topic, test::numbered(0, 1000));
    std::weak_ptr<publish_batch> weak = batch;
    CHECK(f.book.held(net::direction::in) > 1000 * 200);
    f.publish(batch, 0);
    CHECK(f.edge().producer().flush(std::chrono::steady_clock::now() +
                                    test::patience));
    for (const publish_item& item : batch->items)
      CHECK(item.progress == publish_item::state::settled);
    CHECK(batch->unreported == 0);
    batch.reset();
    CHECK(weak.expired());
    CHECK(f.book.held(net::direction::in) == 0);
    CHECK(f.failures->failed.size() == 0);
    const auto count = f.edge().producer().count();
    CHECK(count.handed_over == 1000);
    CHECK(count.reported == 1000);
    CHECK(count.failed == 0);
  }

  /// The embedded broker cannot add partitions.
  TEST_CASE("a topic that grew takes records for what was added, at once") {
    fixture f;
    if (!f.real())
      return;
    const std::string topic = f.new_topic();
    const auto flush = [&] {
      REQUIRE(f.edge().producer().flush(std::chrono::steady_clock::now() +
                                        test::patience));
    };
    f.publish(f.batch(topic, {"a"}), 0);
    flush();
    const auto count = [&] {
      test::arrivals<std::int32_t> done;
      f.edge().refresh(test::patience, [&](auto list) {
        done.add(list ? (*list.value)->partitions.at(topic) : 0);
      });
      return done.take();
    };
    const std::int32_t before = count();
    test::administrator().widen(topic, static_cast<std::size_t>(before) + 3);
    test::eventually([&] { return count() == before + 3; });
    f.publish(f.batch(topic, {"b"}), before + 2);
    flush();
    CHECK(f.failures->failed.size() == 0);
    CHECK(f.edge().producer().count().failed == 0);
  }

  TEST_CASE("a batch lives until its last item is reported or given up") {
    fixture f;
    const std::string topic = f.new_topic();
    auto batch = f.batch(topic, {"one", "two", "given up"});
    std::weak_ptr<publish_batch> weak = batch;
    auto& producer = f.edge().producer();
    producer.begin(batch);
    producer_topic* handle = producer.topic(topic);
    CHECK((producer.topic(topic) == handle));
    producer.publish(*batch, 0, handle, 1);
    producer.publish(*batch, 1, handle, 1);
    publish_batch* raw = batch.get();
    batch.reset();
    REQUIRE(producer.flush(std::chrono::steady_clock::now() + test::patience));
    // The third is neither handed over nor given up.
    CHECK(!weak.expired());
    CHECK(f.book.held(net::direction::in) > 0);
    raw->one_reported();
    CHECK(weak.expired());
    CHECK(f.book.held(net::direction::in) == 0);
  }

  TEST_CASE("null, empty and binary values arrive as they are") {
    fixture f;
    const std::string topic = f.new_topic();
    const std::string binary("\0\xff\n\0", 4);
    auto batch = f.batch(topic, {"", "", binary});
    batch->items[0].null_value = true;
    f.publish(batch, 2);
    REQUIRE(f.edge().producer().flush(std::chrono::steady_clock::now() +
                                      test::patience));
    auto member = f.join_at_start(test::unique_name("g"), topic);
    const auto owner = f.book.open();
    member.consumer->give({topic, 2}, owner, 1);
    std::vector<protocol::record> records;
    while (records.size() < 3) {
      const auto got = member.heard->next<fetched>();
      for (const protocol::record& r : got.batch->records) {
        records.push_back(r);
        CHECK(got.batch->value(r) == (r.offset == 2 ? binary : ""));
        CHECK(r.timestamp > 0);
      }
    }
    CHECK(records[0].null_value);
    CHECK(!records[1].null_value);
    CHECK(!records[2].null_value);
  }

  TEST_CASE("a partition that is not there fails the record, by Kafka's name") {
    fixture f;
    const std::string topic = f.new_topic();
    f.write(topic, 0, {"so that the client knows the topic"});
    auto batch = f.batch(topic, {"nowhere"});
    f.publish(batch, 99);
    const auto told = f.failures->failed.take();
    CHECK(told.why.code == "UNKNOWN_TOPIC_OR_PARTITION");
    CHECK((told.batch == batch));
    CHECK(told.item == 0);
    CHECK(!told.maybe_written);
    CHECK(f.edge().producer().count().failed == 1);
  }

  TEST_CASE("a receipt tells where the record is") {
    fixture f;
    const std::string topic = f.new_topic();
    f.write(topic, 1, {"before", "that"});
    auto batch = f.batch(topic, {"told", "silent", "dated", "told too"});
    for (std::size_t i : {0, 2, 3})
      batch->items[i].receipt = true;
    batch->extras.push_back({});
    batch->extras[0].timestamp = 1'700'000'000'123;
    batch->items[2].extras = 1;
    f.publish(batch, 1);
    for (std::size_t i : {0, 2, 3}) {
      const auto told = f.failures->receipts.take();
      CHECK((told.batch == batch));
      CHECK(told.item == i);
      CHECK(told.where.partition == 1);
      CHECK(told.where.offset == static_cast<std::int64_t>(i) + 2);
      if (i == 2)
        CHECK(told.where.timestamp == 1'700'000'000'123);
      else
        CHECK(told.where.timestamp > 1'700'000'000'123);
      CHECK(batch->items[i].progress == publish_item::state::settled);
    }
    REQUIRE(f.edge().producer().flush(std::chrono::steady_clock::now() +
                                      test::patience));
    CHECK(f.failures->receipts.size() == 0);
    CHECK(f.failures->failed.size() == 0);
  }

  TEST_CASE("who was answered already gets no receipt") {
    fixture f;
    auto batch = f.batch(f.new_topic(), {"late"});
    batch->items[0].receipt = true;
    CHECK(batch->items[0].settle());
    f.publish(batch, 0);
    REQUIRE(f.edge().producer().flush(std::chrono::steady_clock::now() +
                                      test::patience));
    CHECK(f.failures->receipts.size() == 0);
  }

  TEST_CASE("a record with all it may have fails and arrives like others") {
    auto options = test::test_options();
    options.producer.librdkafka["message.max.bytes"] = "2000";
    fixture f(options);
    auto batch = f.batch(f.new_topic(), {"small", "small"});
    batch->arena += std::string(3000, 'k');
    for (std::uint32_t i : {0, 1}) {
      batch->headers.push_back({{0, 1}, {0, 1}, false});
      batch->extras.push_back({});
      batch->extras[i].has_key = true;
      batch->extras[i].headers_begin = i;
      batch->extras[i].headers_size = 1;
      batch->items[i].extras = i + 1;
      batch->items[i].receipt = true;
    }
    const auto end = static_cast<std::uint32_t>(batch->arena.size());
    SUBCASE("the key is too large") {
      batch->extras[1].key = {end - 3000, 3000};
    }
    SUBCASE("the header is too large") {
      batch->headers[1].value = {end - 3000, 3000};
    }
    f.publish(batch, 2);
    const auto told = f.failures->failed.take();
    CHECK(told.item == 1);
    CHECK(told.why.code == "MESSAGE_TOO_LARGE");
    CHECK(!told.maybe_written);
    const auto receipt = f.failures->receipts.take();
    CHECK(receipt.item == 0);
    CHECK(receipt.where.offset == 0);
  }

  TEST_CASE("a record above the bound is refused at once, and nothing else") {
    auto options = test::test_options();
    options.producer.librdkafka["message.max.bytes"] = "2000";
    fixture f(options);
    const std::string topic = f.new_topic();
    auto batch = f.batch(topic, {"small", std::string(3000, 'x'), "small too"});
    f.publish(batch, 0);
    const auto told = f.failures->failed.take();
    CHECK(told.item == 1);
    CHECK(told.why.code == "MESSAGE_TOO_LARGE");
    CHECK(!told.why.retriable);
    CHECK(!told.maybe_written);
    REQUIRE(f.edge().producer().flush(std::chrono::steady_clock::now() +
                                      test::patience));
    CHECK(f.edge().producer().count().failed == 1);
    CHECK(batch->unreported == 0);
  }

  TEST_CASE("an item that was answered already is not told again") {
    auto options = test::test_options();
    options.producer.librdkafka["message.max.bytes"] = "2000";
    fixture f(options);
    const std::string topic = f.new_topic();
    auto batch = f.batch(topic, {std::string(3000, 'x')});
    CHECK(batch->items[0].settle());
    f.publish(batch, 0);
    CHECK(f.failures->failed.size() == 0);
    CHECK(batch->unreported == 0);
  }

  TEST_CASE("a client that broke is replaced, under the same topics") {
    fixture f;
    const std::string topic = f.new_topic();
    auto& producer = f.edge().producer();
    producer_topic* handle = producer.topic(topic);
    f.write(topic, 0, {"before"});
    const auto old = f.edge().native_producer().client();
    rd_kafka_test_fatal_error(
        old.get(), RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER, "a test");
    test::eventually([&] { return producer.count().recreated == 1; });
    CHECK((f.edge().native_producer().client() != old));
    CHECK((producer.topic(topic) == handle));
    f.write(topic, 0, {"after"});
    CHECK(producer.count().failed == 0);
  }

  TEST_CASE("what is published after the edge stopped is refused") {
    fixture f;
    const std::string topic = f.new_topic();
    auto& producer = f.edge().native_producer();
    producer_topic* handle = producer.topic(topic);
    REQUIRE(producer.close(std::chrono::steady_clock::now() + test::patience));
    auto batch = f.batch(topic, {"late"});
    producer.begin(batch);
    producer.publish(*batch, 0, handle, 0);
    const auto told = f.failures->failed.take();
    CHECK(told.why.code == "SHUTTING_DOWN");
    CHECK(!told.maybe_written);
  }

  TEST_CASE("many threads publish at once, each in its own order") {
    fixture f;
    const std::string topic = f.new_topic();
    std::vector<std::thread> threads;
    for (int t = 0; t < 3; ++t)
      threads.emplace_back([&, t] {
        for (int i = 0; i < 20; ++i) {
          std::vector<std::string> values;
          for (int k = 0; k < 50; ++k)
            values.push_back(std::to_string(t) + ' ' +
                             std::to_string(1000 + i * 50 + k));
          f.publish(f.batch(topic, values), 0);
        }
      });
    for (std::thread& thread : threads)
      thread.join();
    REQUIRE(f.edge().producer().flush(std::chrono::steady_clock::now() +
                                      test::patience));
    auto member = f.join_at_start(test::unique_name("g"), topic);
    member.consumer->give({topic, 0}, f.book.open(), 1);
    const auto got = test::read(*member.heard, 3000, 1, 1);
    for (char t = '0'; t < '3'; ++t) {
      std::vector<std::string> own;
      for (const std::string& value : got.values)
        if (value[0] == t)
          own.push_back(value);
      CHECK(own.size() == 1000);
      CHECK(std::is_sorted(own.begin(), own.end()));
    }
    CHECK(f.book.held(net::direction::in) == 0);
  }
}
