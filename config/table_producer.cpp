#include "config/section_table.hpp"

namespace wskafka::config {

std::vector<option> producer_table() {
  section_table<producer_options> t{"producer_config", &options::producer};
  t.number("requireAcks", &producer_options::require_acks, {-1, 1}, "",
           "Who must have a record before its publish succeeds: -1 all "
           "in-sync replicas (ordered, no duplicates), 1 the leader (a retry "
           "may duplicate), 0 nobody (no promise).",
           "acks, enable.idempotence");
  t.number("ackTimeoutMs", &producer_options::ack_timeout, {1, 900'000}, "ms",
           "How long the broker itself waits for its replicas.",
           "request.timeout.ms");
  t.number("partitionerType", &producer_options::partitioner_type, {0, 3}, "",
           "Partition of a record without a key: 0 the first, 1 random, 2 "
           "cyclic (one step per topic and flush), 3 by the hash of the key.")
      .refused = {{{std::int64_t{4}},
                   "a partitioner function of one's own cannot be given in a "
                   "file"}};
  t.number("mq_limit", &producer_options::mq_limit, {1, 10'000'000}, "messages",
           "A connection's buffer is published when it holds this many.");
  t.interval("mq_interval", &producer_options::mq_interval, {1, hour},
             "A connection's buffer is published at most this long after its "
             "first message; null publishes at once.");
  t.number("publish_timeout", &producer_options::publish_timeout, {10, hour},
           "ms",
           "A publish that is not reported by then is answered with "
           "TIMEOUT.");
  t.number("max_timestamp_ahead", &producer_options::max_timestamp_ahead,
           {0, 10'000'000'000'000}, "ms",
           "A publish whose own timestamp is later than now by more is refused "
           "with INVALID_TIMESTAMP. Where Kafka refuses it (since 4.0 above an "
           "hour) it refuses what others published beside it, too.");
  t.properties();
  return t.take();
}

}  // namespace wskafka::config
