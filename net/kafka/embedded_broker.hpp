#pragma once

#include "net/kafka/handle.hpp"
#include "net/kafka/publish_batch.hpp"
#include "net/kafka/types.hpp"

#include <memory>
#include <string>

namespace wskafka::kafka {

/// librdkafka's in-process mock cluster of one broker: for trying things out,
/// in memory, on loopback, a random port. From any thread.
class embedded_broker {
 public:
  static result<std::unique_ptr<embedded_broker>> start();

  /// The host:port that other handles connect to.
  std::string address() const;

  /// librdkafka's error number; an existing topic is TOPIC_ALREADY_EXISTS.
  int create_topic(const std::string& name, int partitions);

  /// For faults in tests.
  rd_kafka_mock_cluster_t* cluster() { return cluster_.get(); }

 private:
  embedded_broker(client_handle host, mock_cluster_handle cluster);

  /// The cluster runs inside a client of its own and goes before it.
  client_handle host_;
  mock_cluster_handle cluster_;
};

/// The embedded broker reports a made-up timestamp, 1234, for whatever it
/// wrote: gives the items whose receipt is asked for one of their own, now,
/// where they have none, so that the receipt can tell it. Before the first of
/// them is handed over.
void date_receipts(publish_batch& batch);

}  // namespace wskafka::kafka
