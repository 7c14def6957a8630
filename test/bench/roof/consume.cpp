#include "test/bench/roof/kafka.hpp"
#include "test/bench/roof/roofs.hpp"
#include "test/bench/roof/times.hpp"
#include "tools/wskafka-load/clock.hpp"
#include "tools/wskafka-load/payload.hpp"

#include <algorithm>
#include <array>
#include <iostream>
#include <stdexcept>
#include <string>
#include <string_view>

namespace wskafka::roof {
namespace {

using load::now_ns;

/// All partitions from an absolute position, so that "ready" is a promise.
partition_list positions(rd_kafka_t* with, const kafka_options& asked) {
  const int count = partition_count(with, asked.topic);
  partition_list all(rd_kafka_topic_partition_list_new(count));
  for (int i = 0; i < count; ++i) {
    std::int64_t low = 0;
    std::int64_t high = 0;
    const rd_kafka_resp_err_t error = rd_kafka_query_watermark_offsets(
        with, asked.topic.c_str(), i, &low, &high, 10'000);
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR)
      throw std::runtime_error(rd_kafka_err2str(error));
    rd_kafka_topic_partition_list_add(all.get(), asked.topic.c_str(), i)
        ->offset = asked.tail ? high : low;
  }
  return all;
}

struct counted {
  std::uint64_t records = 0;
  std::uint64_t bytes = 0;
  std::int64_t measured_from = 0;
  double cpu_before = 0;
  std::int64_t last = 0;
  load::histogram times;
};

void take(const rd_kafka_message_t& message, const kafka_options& asked,
          counted& into) {
  if (message.err != RD_KAFKA_RESP_ERR_NO_ERROR)
    return;
  if (into.records == asked.skip) {
    into.measured_from = now_ns();
    into.cpu_before = own_cpu_s();
  }
  ++into.records;
  into.bytes += message.len;
  into.last = now_ns();
  load::mark one;
  if (into.records > asked.skip &&
      load::read_mark({static_cast<const char*>(message.payload), message.len},
                      one) &&
      load::same_clock(one.run))
    into.times.add(into.last - one.intended);
}

}  // namespace

json consume(const kafka_options& asked) {
  const handle kafka =
      make_handle(RD_KAFKA_CONSUMER, {{"bootstrap.servers", asked.brokers},
                                      {"group.id", "roof"},
                                      {"enable.auto.commit", "false"},
                                      {"socket.nagle.disable", "true"},
                                      {"fetch.error.backoff.ms", "10"}});
  rd_kafka_poll_set_consumer(kafka.get());
  const partition_list all = positions(kafka.get(), asked);
  if (const auto error = rd_kafka_assign(kafka.get(), all.get());
      error != RD_KAFKA_RESP_ERR_NO_ERROR)
    throw std::runtime_error(rd_kafka_err2str(error));
  const queue from(rd_kafka_queue_get_consumer(kafka.get()));
  std::cerr << "ready" << std::endl;
  counted seen;
  seen.last = now_ns();
  std::array<rd_kafka_message_t*, 1000> batch{};
  while (seen.records < asked.count) {
    // The batch call waits for the whole count: wait for one, take the rest.
    ssize_t got =
        rd_kafka_consume_batch_queue(from.get(), 100, batch.data(), 1);
    if (got == 1)
      got += std::max<ssize_t>(
          rd_kafka_consume_batch_queue(from.get(), 0, batch.data() + 1,
                                       batch.size() - 1),
          0);
    for (ssize_t i = 0; i < got; ++i) {
      take(*batch[static_cast<std::size_t>(i)], asked, seen);
      rd_kafka_message_destroy(batch[static_cast<std::size_t>(i)]);
    }
    if (now_ns() - seen.last > load::from_seconds(asked.patience))
      throw std::runtime_error("of " + std::to_string(asked.count) +
                               " records only " + std::to_string(seen.records) +
                               " came");
  }
  const double cpu = own_cpu_s() - seen.cpu_before;
  const double wall = load::to_seconds(seen.last - seen.measured_from);
  const auto measured = static_cast<double>(seen.records - asked.skip);
  return {{"delivered", seen.records},
          {"bytes", seen.bytes},
          {"cpu_us_per_message", cpu * 1e6 / std::max(measured, 1.0)},
          {"rate", wall > 0 ? measured / wall : 0},
          {"latency_us", times_json(seen.times)}};
}

}  // namespace wskafka::roof
