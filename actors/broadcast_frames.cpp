#include "actors/broadcast_frames.hpp"

#include "protocol/render.hpp"

#include <utility>

namespace wskafka {
namespace {

std::shared_ptr<const ws::partition_ends> to_ends(
    const std::vector<owned_position>& ends) {
  auto result = std::make_shared<ws::partition_ends>();
  for (const owned_position& end : ends)
    result->push_back({end.at.partition, end.offset});
  return result;
}

}  // namespace

std::vector<broadcast_frame> make_frames(environment& shared, element look,
                                         const std::vector<batch_ptr>& batches,
                                         const partition_positions& from) {
  frame_maker frames(shared, look, shared.options.consumer.mq_limit, true);
  for (const batch_ptr& batch : batches) {
    const auto start = from.find(batch->partition);
    for (const protocol::record& record : batch->records)
      if (start == from.end() || record.offset >= start->second)
        frames.add(*batch, record, 0);
  }
  std::vector<broadcast_frame> made;
  for (made_frame& each : frames.finish())
    made.push_back({ws::make_shared_frame(std::move(each.payload), shared.book),
                    each.records, each.gap, to_ends(each.ends)});
  return made;
}

broadcast_frame make_gap(environment& shared, const std::string& topic,
                         std::int32_t partition, std::int64_t from,
                         std::int64_t to, std::string_view reason) {
  std::string text;
  protocol::append_gap(text, topic, partition, from, to, reason);
  return {ws::make_shared_frame(std::move(text), shared.book), 0, true,
          std::make_shared<ws::partition_ends>(
              ws::partition_ends{{partition, to}})};
}

}  // namespace wskafka
