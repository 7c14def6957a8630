#pragma once

#include "net/kafka/handle.hpp"
#include "net/kafka/settings.hpp"
#include "test/net/kafka/edge_fixture.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

namespace wskafka::kafka::test {

/// What an administrator does to a real cluster.
class administrator {
 public:
  administrator() : client_(make()) {
    queue_.reset(rd_kafka_queue_new(client_.get()));
  }

  void remove(const std::string& topic) {
    rd_kafka_DeleteTopic_t* one = rd_kafka_DeleteTopic_new(topic.c_str());
    rd_kafka_DeleteTopics(client_.get(), &one, 1, nullptr, queue_.get());
    finish();
    rd_kafka_DeleteTopic_destroy(one);
  }

  void widen(const std::string& topic, std::size_t count) {
    std::array<char, 512> why{};
    rd_kafka_NewPartitions_t* one = rd_kafka_NewPartitions_new(
        topic.c_str(), count, why.data(), why.size());
    rd_kafka_CreatePartitions(client_.get(), &one, 1, nullptr, queue_.get());
    finish();
    rd_kafka_NewPartitions_destroy(one);
  }

  void delete_records(const topic_partition& at, std::int64_t before) {
    const partition_list list(rd_kafka_topic_partition_list_new(1));
    rd_kafka_topic_partition_list_add(list.get(), at.topic.c_str(),
                                      at.partition)
        ->offset = before;
    rd_kafka_DeleteRecords_t* one = rd_kafka_DeleteRecords_new(list.get());
    rd_kafka_DeleteRecords(client_.get(), &one, 1, nullptr, queue_.get());
    finish();
    rd_kafka_DeleteRecords_destroy(one);
  }

 private:
  static client_handle make() {
    const auto options = test_options();
    auto made =
        make_admin(options, {options.kafka.host, options.kafka.host, false});
    REQUIRE(made);
    return std::move(*made.value);
  }

  void finish() {
    const event_handle event(rd_kafka_queue_poll(queue_.get(), 60'000));
    REQUIRE(event);
    REQUIRE(rd_kafka_event_error(event.get()) == 0);
  }

  const client_handle client_;
  queue_handle queue_;
};

}  // namespace wskafka::kafka::test
