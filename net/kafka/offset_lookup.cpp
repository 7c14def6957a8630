#include "net/kafka/offset_lookup.hpp"

#include "net/kafka/error.hpp"

#include <algorithm>

namespace wskafka::kafka {

using std::chrono::milliseconds;
using clock = std::chrono::steady_clock;

int left_until(clock::time_point deadline) {
  constexpr milliseconds longest_call{5000};
  const auto left =
      std::chrono::duration_cast<milliseconds>(deadline - clock::now());
  return static_cast<int>(
      std::clamp(left, milliseconds(1), longest_call).count());
}

void offset_lookup::add(const topic_partition& at, std::int64_t timestamp) {
  rd_kafka_topic_partition_list_add(list_.get(), at.topic.c_str(), at.partition)
      ->offset = timestamp;
}

bool offset_lookup::ask(rd_kafka_t* client, clock::time_point deadline) {
  // librdkafka passes the timestamps of the first record and the end through:
  // one call for all.
  if (list_->cnt > 0)
    error_ =
        rd_kafka_offsets_for_times(client, list_.get(), left_until(deadline));
  return error_ == RD_KAFKA_RESP_ERR_NO_ERROR;
}

result<std::int64_t> offset_lookup::find(
    const topic_partition& at, const std::string& what,
    std::optional<std::int64_t> none) const {
  const auto* found = rd_kafka_topic_partition_list_find(
      list_.get(), at.topic.c_str(), at.partition);
  int error = error_;
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR)
    error =
        found != nullptr ? found->err : RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION;
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR)
    return {std::nullopt, to_failure(error, what)};
  if (found->offset < 0 && none)
    return {none, {}};
  if (found->offset < 0)
    return {std::nullopt,
            own_failure("INTERNAL", what + ": the broker told no offset.")};
  return {found->offset, {}};
}

std::vector<position> known_ends(rd_kafka_t* client,
                                 const std::vector<topic_partition>& of) {
  std::vector<position> ends;
  for (const topic_partition& at : of) {
    std::int64_t low = 0;
    std::int64_t high = 0;
    if (rd_kafka_get_watermark_offsets(client, at.topic.c_str(), at.partition,
                                       &low,
                                       &high) == RD_KAFKA_RESP_ERR_NO_ERROR &&
        high >= 0)
      ends.push_back({at, high});
  }
  return ends;
}

partition_list to_list(const std::vector<position>& positions) {
  partition_list list(
      rd_kafka_topic_partition_list_new(static_cast<int>(positions.size())));
  for (const position& p : positions)
    rd_kafka_topic_partition_list_add(list.get(), p.at.topic.c_str(),
                                      p.at.partition)
        ->offset = p.offset;
  return list;
}

}  // namespace wskafka::kafka
