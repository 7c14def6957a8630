#pragma once

#include "actors/environment.hpp"
#include "actors/frame_maker.hpp"
#include "actors/start_point.hpp"
#include "net/ws/events.hpp"
#include "net/ws/shared_frame.hpp"
#include "protocol/record_batch.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace wskafka {

/// A frame as all members of a broadcast get it.
struct broadcast_frame {
  ws::shared_frame_ptr frame;
  /// Deliveries in it.
  std::size_t records = 0;
  /// It tells of a gap instead: for those who asked for that.
  bool gap = false;
  /// Where its records, or the gap, end.
  std::shared_ptr<const ws::partition_ends> ends;
};

using batch_ptr = std::shared_ptr<const protocol::record_batch>;

/// The frames of those records of the batches that lie at or behind these
/// positions; all records of a partition that is not among them. A record that
/// is too large to be delivered leaves a gap, told where it would stand.
std::vector<broadcast_frame> make_frames(environment& shared, element look,
                                         const std::vector<batch_ptr>& batches,
                                         const partition_positions& from);

/// The `gap` event: delivery goes on at `to` instead of `from`.
broadcast_frame make_gap(environment& shared, const std::string& topic,
                         std::int32_t partition, std::int64_t from,
                         std::int64_t to, std::string_view reason);

}  // namespace wskafka
