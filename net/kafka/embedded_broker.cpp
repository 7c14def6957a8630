#include "net/kafka/embedded_broker.hpp"

#include "net/kafka/error.hpp"

#include <array>
#include <utility>

namespace wskafka::kafka {

result<std::unique_ptr<embedded_broker>> embedded_broker::start() {
  std::array<char, 512> why{};
  conf_handle conf(rd_kafka_conf_new());
  // The host has no broker to talk to, and says so; nobody wants to read it.
  rd_kafka_conf_set_log_cb(conf.get(), nullptr);
  client_handle host(
      rd_kafka_new(RD_KAFKA_PRODUCER, conf.get(), why.data(), why.size()));
  if (!host)
    return {std::nullopt,
            own_failure("INTERNAL", std::string("cannot start the embedded "
                                                "broker: ") +
                                        why.data())};
  static_cast<void>(conf.release());
  mock_cluster_handle cluster(rd_kafka_mock_cluster_new(host.get(), 1));
  if (!cluster)
    return {std::nullopt,
            own_failure("INTERNAL", "cannot start the embedded broker")};
  return {std::unique_ptr<embedded_broker>(
              new embedded_broker(std::move(host), std::move(cluster))),
          {}};
}

embedded_broker::embedded_broker(client_handle host,
                                 mock_cluster_handle cluster)
    : host_(std::move(host)), cluster_(std::move(cluster)) {}

std::string embedded_broker::address() const {
  return rd_kafka_mock_cluster_bootstraps(cluster_.get());
}

int embedded_broker::create_topic(const std::string& name, int partitions) {
  return rd_kafka_mock_topic_create(cluster_.get(), name.c_str(), partitions,
                                    1);
}

}  // namespace wskafka::kafka
