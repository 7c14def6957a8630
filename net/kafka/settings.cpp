#include "net/kafka/settings.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace wskafka::kafka {
namespace {

using std::chrono::milliseconds;

std::string number(milliseconds time) {
  return std::to_string(time.count());
}

/// What all roles share. `socket.timeout.ms` also bounds how long a close may
/// take that found no broker.
config::property_map common_properties(const config::options& options,
                                       const std::string& brokers, bool ssl) {
  const config::kafka_options& o = options.kafka;
  config::property_map p;
  if (!brokers.empty())
    p["bootstrap.servers"] = brokers;
  p["client.id"] = o.client_id;
  if (ssl)
    p["security.protocol"] = "ssl";
  p["socket.timeout.ms"] =
      number(std::min(o.request_timeout, milliseconds(15'000)));
  p["socket.connection.setup.timeout.ms"] =
      number(std::max(o.connect_timeout, milliseconds(1000)));
  p["socket.nagle.disable"] = "true";
  // A broker that comes back is found within a moment.
  p["reconnect.backoff.max.ms"] = "2000";
  p["topic.metadata.refresh.interval.ms"] = number(o.metadata_refresh);
  p["allow.auto.create.topics"] = "false";
  p["log.queue"] = "true";
  return p;
}

/// Our own buffer has waited already: no second long wait.
milliseconds linger(const config::producer_options& o) {
  if (!o.mq_interval)
    return milliseconds(0);
  return std::min(*o.mq_interval / 10, milliseconds(5));
}

/// kafka-node waited before it joined again, longer each time; here it is the
/// wait before connecting again. Ten seconds at most: the broker that comes
/// back is not to be kept waiting a minute.
milliseconds longest_reconnect(const config::consumer_options& o) {
  const double steps = o.retries > 0 ? o.retries - 1.0 : 0.0;
  const double longest = static_cast<double>(o.retry_min_timeout.count()) *
                         std::pow(std::max(o.retry_factor, 1.0), steps);
  return std::max(o.retry_min_timeout,
                  milliseconds(static_cast<int>(std::min(longest, 10'000.0))));
}

}  // namespace

config::property_map producer_properties(const config::options& options,
                                         const cluster_address& brokers) {
  const config::producer_options& o = options.producer;
  config::property_map p =
      common_properties(options, brokers.producer, options.kafka.ssl);
  const bool all = o.require_acks == config::acks::all;
  p["acks"] = std::to_string(static_cast<int>(o.require_acks));
  p["enable.idempotence"] = all ? "true" : "false";
  // Without idempotence a retry behind a second request would change the order.
  if (!all)
    p["max.in.flight.requests.per.connection"] = "1";
  p["request.timeout.ms"] = number(o.ack_timeout);
  p["message.timeout.ms"] = number(o.publish_timeout);
  p["linger.ms"] = number(linger(o));
  // The ledger bounds what waits; librdkafka's own bounds lie above it, so that
  // its queue is never full.
  p["queue.buffering.max.messages"] = "0";
  const std::size_t kbytes =
      options.websocket.process_in_bytes / 512 + 64 * 1024;
  p["queue.buffering.max.kbytes"] =
      std::to_string(std::min<std::size_t>(kbytes, 2'147'483'647));
  // What fits a frame is for the broker to refuse.
  const std::size_t message =
      std::max<std::size_t>(options.websocket.max_frame_in + 1024, 1'000'000);
  p["message.max.bytes"] =
      std::to_string(std::min<std::size_t>(message, 1'000'000'000));
  return p;
}

config::property_map admin_properties(const config::options& options,
                                      const cluster_address& brokers) {
  config::property_map p =
      common_properties(options, brokers.producer, options.kafka.ssl);
  // It is asked where logs end, too. librdkafka heeds this for a producer also,
  // but warns of it, so that its default is left alone.
  if (!options.consumer.read_committed)
    p["isolation.level"] = "read_uncommitted";
  return p;
}

config::property_map consumer_properties(const config::options& options,
                                         const cluster_address& brokers,
                                         const std::string& group,
                                         const consumer_shape& shape) {
  const config::consumer_options& o = options.consumer;
  config::property_map p =
      common_properties(options, brokers.consumer, options.kafka.ssl || o.ssl);
  p["group.id"] = group;
  p["enable.auto.commit"] = "false";
  p["enable.auto.offset.store"] = "false";
  // Who reads is told, and says where to go on.
  p["auto.offset.reset"] = "error";
  p["isolation.level"] =
      o.read_committed ? "read_committed" : "read_uncommitted";
  std::string strategies;
  for (const std::string& name : o.protocol)
    strategies += (strategies.empty() ? "" : ",") + name;
  p["partition.assignment.strategy"] = strategies;
  const milliseconds session =
      brokers.embedded ? milliseconds(3000) : o.session_timeout;
  // Members learn of a rebalance by their heartbeats alone.
  p["session.timeout.ms"] = number(session);
  p["heartbeat.interval.ms"] =
      brokers.embedded ? "300"
                       : number(std::min(session / 3, milliseconds(1000)));
  p["max.poll.interval.ms"] = number(std::max(session, milliseconds(300'000)));
  p["reconnect.backoff.ms"] = number(o.retry_min_timeout);
  p["reconnect.backoff.max.ms"] = number(longest_reconnect(o));
  p["queued.min.messages"] = std::to_string(shape.queue_records);
  p["queued.max.messages.kbytes"] = std::to_string(shape.queue_kbytes);
  p["fetch.message.max.bytes"] = std::to_string(shape.fetch_bytes);
  p["fetch.min.bytes"] = std::to_string(o.fetch_min_bytes.value_or(1));
  // The embedded broker creates whatever is asked for, and librdkafka would
  // warn of it with every group.
  if (brokers.embedded)
    p["allow.auto.create.topics"] = "true";
  p["fetch.wait.max.ms"] =
      std::to_string(brokers.embedded ? std::min(shape.fetch_wait_ms, 10)
                                      : shape.fetch_wait_ms);
#if RD_KAFKA_VERSION >= 0x02020000
  p["fetch.queue.backoff.ms"] = "5";
#endif
  return p;
}

std::string find_property(const config::options& options,
                          const config::property_map& theirs,
                          const std::string& name) {
  for (const config::property_map* map : {&theirs, &options.kafka.librdkafka}) {
    const auto found = map->find(name);
    if (found != map->end())
      return found->second;
  }
  return {};
}

}  // namespace wskafka::kafka
