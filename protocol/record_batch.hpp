#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace wskafka::protocol {

/// One record of a batch: where its bytes stand in the batch's arena.
struct record {
  std::int64_t offset = 0;
  /// Milliseconds since the epoch; -1 when the record carries none.
  std::int64_t timestamp = -1;
  std::uint32_t value_begin = 0;
  std::uint32_t value_size = 0;
  /// Kafka's null value (a tombstone), which is not the empty value.
  bool null_value = false;
};

/// The records that one poll took from one partition, in offset order, as one
/// arena and an index: the same object from poller to renderer. Filled by one
/// thread, then shared as pointer to const.
struct record_batch {
  std::string topic;
  std::int32_t partition = 0;
  /// Stamped by the poller; raised by each assignment and seek, so that the
  /// group can tell batches of an earlier position and drop them.
  std::uint32_t fetch_epoch = 0;
  std::string arena;
  std::vector<record> records;

  std::string_view value(const record& r) const {
    return std::string_view(arena).substr(r.value_begin, r.value_size);
  }

  /// What one record is charged with on the ledger, in bytes: its value, its
  /// index entry and a share of what the batch and its frame cost.
  static std::size_t charge(const record& r) { return r.value_size + 200; }
};

}  // namespace wskafka::protocol
