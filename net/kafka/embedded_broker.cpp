#include "net/kafka/embedded_broker.hpp"

#include "net/kafka/error.hpp"

#include <array>
#include <chrono>
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

void date_receipts(publish_batch& batch) {
  using std::chrono::milliseconds;
  const auto now = std::chrono::duration_cast<milliseconds>(
      std::chrono::system_clock::now().time_since_epoch());
  for (publish_item& item : batch.items) {
    if (!item.receipt)
      continue;
    if (item.extras == 0) {
      batch.extras.emplace_back();
      item.extras = static_cast<std::uint32_t>(batch.extras.size());
    }
    publish_extras& extras = batch.extras[item.extras - 1];
    if (extras.timestamp == 0)
      extras.timestamp = now.count();
  }
}

}  // namespace wskafka::kafka
