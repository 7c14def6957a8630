#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Bytes of what is told about topics, under the same rules as `render.hpp`.
namespace wskafka::protocol {

/// One partition of a described topic; without a leader: `null`.
void append_description(std::string& out, std::int32_t partition,
                        std::optional<std::int32_t> leader,
                        const std::vector<std::int32_t>& replicas,
                        const std::vector<std::int32_t>& in_sync);

/// What is told of one partition's log.
struct log_offsets {
  std::int64_t earliest = 0;
  std::int64_t latest = 0;
  /// `offset`: where a time begins, when that was asked for.
  std::optional<std::int64_t> of_time;
  /// `committed` and `lag` are told, `null` where there is no commit. Where one
  /// lies beyond the end the lag is 0.
  bool of_group = false;
  std::optional<std::int64_t> committed;
};

void append_offsets(std::string& out, std::string_view topic,
                    std::int32_t partition, const log_offsets& log);

}  // namespace wskafka::protocol
