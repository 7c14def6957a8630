#include "test/net/kafka/edge_fixture.hpp"

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <thread>
#include <unistd.h>

namespace wskafka::kafka::test {

using std::chrono::milliseconds;
using clock = std::chrono::steady_clock;

void eventually(const std::function<bool()>& holds) {
  const auto end = clock::now() + patience;
  bool held = holds();
  while (!held && clock::now() < end) {
    std::this_thread::yield();
    held = holds();
  }
  REQUIRE_MESSAGE(held, "it never came to hold");
}

config::options test_options() {
  config::options options;
  if (const char* host = std::getenv("WSKAFKA_TEST_KAFKA"))
    options.kafka.host = host;
  options.consumer.session_timeout = milliseconds(6000);
  options.producer.mq_interval = std::nullopt;
  return options;
}

std::string unique_name(const std::string& prefix) {
  static std::atomic<int> count{0};
  return prefix + '-' + std::to_string(getpid()) + '-' +
         std::to_string(clock::now().time_since_epoch().count()) + '-' +
         std::to_string(++count);
}

fixture::fixture(const config::options& options)
    : book({64 << 20, 16 << 20, 1 << 20}, {64 << 20, 16 << 20, 1 << 20}),
      publisher(book.open()),
      options_(options) {
  auto made = kafka::edge::open(options_, heard);
  REQUIRE_MESSAGE(made, made.error.message);
  opened_ = std::move(*made.value);
  edge_ = static_cast<edge_impl*>(opened_.get());
}

fixture::~fixture() {
  stop(milliseconds(10'000));
  // A failure holds its batch, and that the sink.
  while (failures->failed.size() > 0)
    failures->failed.take();
}

bool fixture::stop(milliseconds time) {
  return edge_->stop(clock::now() + time);
}

std::string fixture::new_topic() {
  const std::string name = unique_name("test");
  arrivals<std::vector<create_outcome>> done;
  edge().create(plain_topics({name}), milliseconds(30'000),
                [&](std::vector<create_outcome> all) { done.add(all); });
  const auto outcomes = done.take();
  REQUIRE(outcomes.size() == 1);
  if (outcomes[0].error)
    FAIL(outcomes[0].error->message);
  return name;
}

std::shared_ptr<publish_batch> fixture::batch(
    const std::string& topic, const std::vector<std::string>& values) {
  auto made = std::make_shared<publish_batch>();
  made->arena = topic;
  std::size_t bytes = 0;
  for (const std::string& value : values) {
    publish_item item;
    item.topic_size = static_cast<std::uint32_t>(topic.size());
    item.value_begin = static_cast<std::uint32_t>(made->arena.size());
    item.value_size = static_cast<std::uint32_t>(value.size());
    made->arena += value;
    bytes += value.size() + 200;
    made->items.push_back(std::move(item));
  }
  made->held = net::charge(publisher, net::direction::in, bytes);
  made->sink = failures;
  made->flushed_at = clock::now();
  return made;
}

void fixture::publish(const std::shared_ptr<publish_batch>& batch,
                      std::int32_t partition) {
  auto& producer = edge().producer();
  producer.begin(batch);
  for (std::size_t i = 0; i < batch->items.size(); ++i)
    producer.publish(*batch, i, producer.topic(batch->topic(batch->items[i])),
                     partition);
}

void fixture::write(const std::string& topic, std::int32_t partition,
                    const std::vector<std::string>& values) {
  publish(batch(topic, values), partition);
  REQUIRE(edge().producer().flush(clock::now() + patience));
  REQUIRE(failures->failed.size() == 0);
}

fixture::member fixture::join(const std::string& group) {
  member one{std::make_shared<events>(), nullptr};
  auto joined = edge().join(group, one.heard);
  REQUIRE_MESSAGE(joined, joined.error.message);
  one.consumer = *joined.value;
  return one;
}

fixture::member fixture::join_at_start(const std::string& group,
                                       const std::string& topic) {
  member one = join(group);
  one.consumer->subscribe({topic});
  const auto given = one.heard->next<assigned>();
  REQUIRE(given.partitions.size() == 3);
  one.consumer->assign(at_first(given.partitions), 1);
  return one;
}

void await_turn(const fixture::member& who) {
  who.consumer->commit(0, {});
  who.heard->next<committed>();
}

fetched next_of(events& from, std::int32_t partition) {
  return std::get<fetched>(from.all.take_if([&](const group_event& e) {
    const auto* records = std::get_if<fetched>(&e);
    return records != nullptr && records->batch->partition == partition;
  }));
}

reading read(events& from, std::size_t count, std::uint32_t fetch_epoch,
             std::uint32_t owner_epoch, std::int32_t partition) {
  reading all;
  while (all.values.size() < count) {
    fetched records =
        partition < 0 ? from.next<fetched>() : next_of(from, partition);
    REQUIRE(records.batch->fetch_epoch == fetch_epoch);
    REQUIRE(records.owner_epoch == owner_epoch);
    std::size_t cost = 0;
    for (const protocol::record& r : records.batch->records) {
      all.values.emplace_back(records.batch->value(r));
      all.offsets.push_back(r.offset);
      cost += protocol::record_batch::charge(r);
    }
    REQUIRE(records.held.bytes() == cost);
    all.held.push_back(std::move(records.held));
  }
  REQUIRE(all.values.size() == count);
  return all;
}

std::vector<position> at_first(const std::vector<topic_partition>& partitions) {
  std::vector<position> starts;
  for (const topic_partition& at : partitions)
    starts.push_back({at, 0});
  return starts;
}

std::vector<std::string> numbered(int from, int to) {
  std::vector<std::string> values;
  for (int i = from; i < to; ++i)
    values.push_back("value " + std::to_string(i));
  return values;
}

}  // namespace wskafka::kafka::test
