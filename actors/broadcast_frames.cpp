#include "actors/broadcast_frames.hpp"

#include "protocol/render.hpp"

#include <utility>

namespace wskafka {
namespace {

void append(std::vector<broadcast_frame>& to, environment& shared,
            frame_maker& from) {
  for (made_frame& made : from.finish())
    if (!made.payload.empty())
      to.push_back({ws::make_shared_frame(std::move(made.payload), shared.book),
                    made.records, false});
}

}  // namespace

std::vector<broadcast_frame> make_frames(environment& shared, element look,
                                         const std::vector<batch_ptr>& batches,
                                         const partition_positions& from) {
  std::vector<broadcast_frame> made;
  frame_maker frames(shared, look, shared.options.consumer.mq_limit);
  for (const batch_ptr& batch : batches) {
    const auto start = from.find(batch->partition);
    for (const protocol::record& record : batch->records) {
      if (start != from.end() && record.offset < start->second)
        continue;
      if (frames.add(*batch, record, 0))
        continue;
      append(made, shared, frames);
      made.push_back(make_gap(shared, batch->topic, batch->partition,
                              record.offset, record.offset + 1, "oversized"));
    }
  }
  append(made, shared, frames);
  return made;
}

broadcast_frame make_gap(environment& shared, const std::string& topic,
                         std::int32_t partition, std::int64_t from,
                         std::int64_t to, std::string_view reason) {
  std::string text;
  protocol::append_gap(text, topic, partition, from, to, reason);
  return {ws::make_shared_frame(std::move(text), shared.book), 0, true};
}

}  // namespace wskafka
