#pragma once

#include "actors/batch_publish.hpp"
#include "actors/producer.hpp"
#include "test/support/actor_world.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace wskafka::test {

/// The producer of connection 1 among stand-ins.
struct producer_talk {
  using strings = std::vector<std::string>;

  producer_talk() {
    topics = listen_as_topics(w.actors, w.inbound);
    gateway = listen_as_gateway(w.actors, w.inbound);
  }

  producer_actor& talk() {
    if (!actor)
      actor = w.actors.spawn<producer>(w.shared, w.open(1), topics, gateway);
    return actor;
  }

  template <class Message>
  void tell(Message message) {
    caf::anon_send(talk(), std::move(message));
    w.run();
  }

  /// One batch of what the parser would make of it.
  void publish(const std::vector<protocol::publish_request>& requests) {
    auto batch = std::make_shared<kafka::publish_batch>();
    std::size_t charge = 200;
    for (const protocol::publish_request& request : requests)
      charge += add_to_batch(*batch, request);
    batch->held = net::charge(w.open(1).account, net::direction::in, charge);
    tell(wskafka::publish{{std::move(batch)}});
  }

  /// One that asks for a receipt.
  static protocol::publish_request acked(std::string_view topic,
                                         std::string_view id) {
    protocol::publish_request request;
    request.head.id = id;
    request.head.t = "\"notif\"";
    request.topic = topic;
    request.value = "a";
    request.ack = true;
    return request;
  }

  void publish_to(const std::string& topic, const strings& values, int id = 1) {
    tell(wskafka::publish{{batch_to(topic, values, id)}});
  }

  /// `ids` count up from `id`.
  std::shared_ptr<kafka::publish_batch> batch_to(const std::string& topic,
                                                 const strings& values,
                                                 int id = 1) {
    auto batch = std::make_shared<kafka::publish_batch>();
    for (const std::string& value : values) {
      kafka::publish_item item;
      const auto append = [&](const std::string& bytes, std::uint32_t& begin,
                              std::uint32_t& size) {
        begin = static_cast<std::uint32_t>(batch->arena.size());
        size = static_cast<std::uint32_t>(bytes.size());
        batch->arena += bytes;
      };
      append(topic, item.topic_begin, item.topic_size);
      append(value, item.value_begin, item.value_size);
      append(std::to_string(id++), item.id_begin, item.id_size);
      batch->items.push_back(std::move(item));
    }
    batch->held = net::charge(w.open(1).account, net::direction::in,
                              batch->arena.size() + 200);
    return batch;
  }

  /// Answers the one `check_topics`.
  void topic_checked(std::optional<kafka::failure> why = std::nullopt) {
    const auto asked = w.inbound.take_one<check_topics>();
    tell(topics_ready{asked.request, {{asked.topics.at(0), std::move(why)}}});
  }

  /// Of the records that the Kafka edge has, in order.
  std::vector<std::int32_t> partitions_used() {
    std::vector<std::int32_t> all;
    for (const auto& record : w.kafka.producer().waiting())
      all.push_back(record.partition);
    return all;
  }

  std::size_t charged() { return w.book.held(net::direction::in); }

  actor_world w;
  topics_actor topics;
  gateway_actor gateway;
  producer_actor actor;
};

}  // namespace wskafka::test
