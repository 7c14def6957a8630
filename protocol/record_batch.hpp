#pragma once

#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wskafka::protocol {

/// One record of a batch: where its bytes stand in the batch's arena, one part
/// behind the other: value, key, headers.
struct record {
  std::int64_t offset = 0;
  /// Milliseconds since the epoch; -1 when the record carries none.
  std::int64_t timestamp = -1;
  std::uint32_t value_begin = 0;
  std::uint32_t value_size = 0;
  std::uint32_t key_size = 0;
  /// Of the headers as `append_header` writes them.
  std::uint32_t headers_size = 0;
  /// Kafka's null value (a tombstone), which is not the empty value.
  bool null_value = false;
  bool null_key = true;
};

/// Records that are not there: the next one is at `to`.
struct gap_end {
  std::int64_t to = 0;
  /// As the wire has it (`protocol.md` "Subscribing").
  std::string_view reason;
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
  /// This is no batch but a gap, which begins at its only record's offset.
  std::optional<gap_end> gap;

  std::string_view value(const record& r) const {
    return std::string_view(arena).substr(r.value_begin, r.value_size);
  }
  std::string_view key(const record& r) const {
    return std::string_view(arena).substr(r.value_begin + r.value_size,
                                          r.key_size);
  }
  std::string_view headers(const record& r) const {
    return std::string_view(arena).substr(
        r.value_begin + r.value_size + r.key_size, r.headers_size);
  }

  /// What one record is charged with on the ledger, in bytes: its value, key
  /// and headers, its index entry and a share of what the batch and its frame
  /// cost.
  static std::size_t charge(const record& r) {
    return r.value_size + r.key_size + r.headers_size + 200;
  }
};

/// Appends one header of a record to an arena; no value: Kafka's null.
inline void append_header(std::string& arena, std::string_view name,
                          std::optional<std::string_view> value) {
  const auto append = [&arena](std::uint32_t size, std::string_view bytes) {
    arena.append(reinterpret_cast<const char*>(&size), sizeof size);
    arena += bytes;
  };
  append(static_cast<std::uint32_t>(name.size()), name);
  append(value ? static_cast<std::uint32_t>(value->size()) : ~std::uint32_t{0},
         value.value_or(std::string_view()));
}

/// Calls `take(name, optional value)` for each of the headers that were
/// appended, in order.
template <class Take>
void each_header(std::string_view headers, Take take) {
  const auto next = [&headers]() -> std::optional<std::string_view> {
    std::uint32_t size = 0;
    std::memcpy(&size, headers.data(), sizeof size);
    headers.remove_prefix(sizeof size);
    if (size == ~std::uint32_t{0})
      return std::nullopt;
    const std::string_view bytes = headers.substr(0, size);
    headers.remove_prefix(size);
    return bytes;
  };
  while (!headers.empty()) {
    const std::string_view name = *next();
    take(name, next());
  }
}

}  // namespace wskafka::protocol
