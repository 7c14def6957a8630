#include "net/kafka/settings.hpp"

#include <array>

namespace wskafka::kafka {
namespace {

constexpr const char* kafka_section = "kafka_config";
constexpr const char* producer_section = "producer_config";
constexpr const char* consumer_section = "consumer_config";

failure invalid(std::string message) {
  return {"INVALID_CONFIG", std::move(message), false};
}

/// The first property that librdkafka refuses, as a sentence; empty: none.
std::string set_all(rd_kafka_conf_t* conf, const config::property_map& map,
                    const std::string& section) {
  std::array<char, 512> why{};
  for (const auto& [name, value] : map) {
    if (rd_kafka_conf_set(conf, name.c_str(), value.c_str(), why.data(),
                          why.size()) != RD_KAFKA_CONF_OK)
      return section + name + ": " + why.data();
  }
  return {};
}

result<client_handle> make_client(rd_kafka_type_t type,
                                  result<conf_handle> conf, int events) {
  if (!conf)
    return {std::nullopt, conf.error};
  rd_kafka_conf_set_events(conf.value->get(), events);
  std::array<char, 512> why{};
  client_handle client(
      rd_kafka_new(type, conf.value->get(), why.data(), why.size()));
  if (!client)
    return {std::nullopt, invalid(std::string("librdkafka: ") + why.data())};
  // The client has taken the settings over.
  static_cast<void>(conf.value->release());
  // By the main queue, so that lines come on our threads.
  rd_kafka_set_log_queue(client.get(), nullptr);
  return {std::move(client), {}};
}

}  // namespace

result<conf_handle> make_conf(const config::options& options,
                              const config::property_map& ours,
                              const char* section,
                              const config::property_map& theirs) {
  conf_handle conf(rd_kafka_conf_new());
  std::string why = set_all(conf.get(), ours, "");
  if (why.empty())
    why = set_all(conf.get(), options.kafka.librdkafka,
                  std::string(kafka_section) + ".librdkafka.");
  if (why.empty())
    why = set_all(conf.get(), theirs, std::string(section) + ".librdkafka.");
  if (!why.empty())
    return {std::nullopt, invalid(std::move(why))};
  return {std::move(conf), {}};
}

result<client_handle> make_producer(const config::options& options,
                                    const cluster_address& brokers) {
  return make_client(
      RD_KAFKA_PRODUCER,
      make_conf(options, producer_properties(options, brokers),
                producer_section, options.producer.librdkafka),
      RD_KAFKA_EVENT_DR | RD_KAFKA_EVENT_ERROR | RD_KAFKA_EVENT_LOG);
}

result<client_handle> make_admin(const config::options& options,
                                 const cluster_address& brokers) {
  return make_client(
      RD_KAFKA_PRODUCER,
      make_conf(options, admin_properties(options, brokers), kafka_section, {}),
      RD_KAFKA_EVENT_ERROR | RD_KAFKA_EVENT_LOG);
}

result<client_handle> make_consumer(const config::options& options,
                                    const cluster_address& brokers,
                                    const std::string& group,
                                    const consumer_shape& shape) {
  result<client_handle> client = make_client(
      RD_KAFKA_CONSUMER,
      make_conf(options, consumer_properties(options, brokers, group, shape),
                consumer_section, options.consumer.librdkafka),
      RD_KAFKA_EVENT_REBALANCE | RD_KAFKA_EVENT_FETCH |
          RD_KAFKA_EVENT_OFFSET_COMMIT | RD_KAFKA_EVENT_ERROR |
          RD_KAFKA_EVENT_LOG);
  if (client)
    rd_kafka_poll_set_consumer(client.value->get());
  return client;
}

result<client_handle> make_log_consumer(const config::options& options,
                                        const cluster_address& brokers,
                                        const consumer_shape& shape,
                                        log_use use) {
  const bool past = use == log_use::history;
  config::options ours = options;
  for (auto* theirs : {&ours.kafka.librdkafka, &ours.consumer.librdkafka}) {
    theirs->erase("auto.offset.reset");
    theirs->erase("group.id");
  }
  ours.consumer.librdkafka["enable.partition.eof"] = past ? "true" : "false";
  // librdkafka assigns only by a group, even where nobody joins it.
  return make_consumer(ours, brokers,
                       options.kafka.client_id + (past ? ".history" : ".tails"),
                       shape);
}

}  // namespace wskafka::kafka
