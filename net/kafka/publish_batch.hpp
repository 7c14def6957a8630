#pragma once

#include "net/kafka/types.hpp"
#include "net/ledger.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace wskafka::kafka {

struct publish_batch;

/// Bytes in a batch's arena.
struct arena_slice {
  std::uint32_t begin = 0;
  std::uint32_t size = 0;
};

/// A header of a record.
struct publish_header {
  arena_slice name;
  arena_slice value;
  bool null_value = false;
};

/// What only some records have beside topic and value. Out of line, so that the
/// others cost nothing.
struct publish_extras {
  arena_slice key;
  /// Without one the key is Kafka's null.
  bool has_key = false;
  /// The record's own; negative: it is for us to choose.
  std::int32_t partition = -1;
  /// Milliseconds since 1970; 0: the time at which it is handed over.
  std::int64_t timestamp = 0;
  /// A range of the batch's headers.
  std::uint32_t headers_begin = 0;
  std::uint32_t headers_size = 0;
};

/// One record to publish: where its bytes stand in the batch's arena, and how
/// far it got.
struct publish_item {
  /// Who may answer for it: the first to leave `waiting` does.
  enum class state : std::uint8_t { waiting, settled };

  publish_item() = default;
  /// Items move only while the batch is filled, by one thread.
  publish_item(publish_item&& other) noexcept
      : batch(other.batch),
        topic_begin(other.topic_begin),
        topic_size(other.topic_size),
        value_begin(other.value_begin),
        value_size(other.value_size),
        id_begin(other.id_begin),
        id_size(other.id_size),
        extras(other.extras),
        null_value(other.null_value),
        named_action(other.named_action),
        receipt(other.receipt),
        progress(other.progress.load(std::memory_order_relaxed)) {}

  /// Its batch; set when the batch is handed to the producer.
  publish_batch* batch = nullptr;
  std::uint32_t topic_begin = 0;
  std::uint32_t topic_size = 0;
  std::uint32_t value_begin = 0;
  std::uint32_t value_size = 0;
  /// The request's `id` as raw JSON text, for the failure's `refid`.
  std::uint32_t id_begin = 0;
  std::uint32_t id_size = 0;
  /// Which of the batch's extras are its own; 0: none.
  std::uint32_t extras = 0;
  bool null_value = false;
  /// The request said `"a":"create"`, so its failure does too.
  bool named_action = false;
  /// Its success is told, too.
  bool receipt = false;
  std::atomic<state> progress{state::waiting};

  /// True for exactly one caller: the one that answers or counts the item.
  bool settle() { return progress.exchange(state::settled) == state::waiting; }
};

/// What a record is charged with besides its frame, bytes: its item, and the
/// message that librdkafka allocates for it.
constexpr std::size_t publish_item_charge = sizeof(publish_item) + 224;

/// The same for a header, besides the copy of its bytes.
constexpr std::size_t publish_header_charge = sizeof(publish_header) + 96;

/// Where the broker wrote a record.
struct receipt {
  std::int32_t partition = 0;
  /// Negative when the broker knew that it has the record already, no longer
  /// where.
  std::int64_t offset = 0;
  /// Milliseconds since 1970: the record's own, or that of the log, whichever
  /// the topic keeps.
  std::int64_t timestamp = 0;
};

/// Is told, on the report thread, of records that the broker did not take, and
/// of those that it took and whose receipt is asked for. Must not block.
class report_sink {
 public:
  virtual ~report_sink() = default;

  /// `item` was settled as failed. `maybe_written`: the record may be in the
  /// log all the same.
  virtual void on_publish_failed(std::shared_ptr<publish_batch> batch,
                                 std::size_t item, failure why,
                                 bool maybe_written) = 0;

  /// `item` was settled as written.
  virtual void on_published(std::shared_ptr<publish_batch> batch,
                            std::size_t item, const receipt& where) = 0;
};

/// Publishes of one connection that waited together. Their bytes stay in place,
/// uncopied, until librdkafka has reported the last of them; then the charge is
/// released. Filled by one thread, then handed on as shared pointer.
struct publish_batch {
  std::string arena;
  std::vector<publish_item> items;
  /// Those of the items, by `publish_item::extras` - 1, and their headers.
  std::vector<publish_extras> extras;
  std::vector<publish_header> headers;
  net::charge held;
  std::shared_ptr<report_sink> sink;
  /// When it left its mq buffer: the publish deadline counts from
  /// here, so that an interval longer than the deadline fails nothing.
  std::chrono::steady_clock::time_point flushed_at;

  std::string_view topic(const publish_item& item) const {
    return slice(item.topic_begin, item.topic_size);
  }
  std::string_view value(const publish_item& item) const {
    return slice(item.value_begin, item.value_size);
  }
  std::string_view id(const publish_item& item) const {
    return slice(item.id_begin, item.id_size);
  }
  std::string_view bytes(const arena_slice& where) const {
    return slice(where.begin, where.size);
  }
  /// Null for most.
  const publish_extras* extras_of(const publish_item& item) const {
    return item.extras == 0 ? nullptr : &extras[item.extras - 1];
  }

  /// One item less to wait for: it was reported, or will never be handed over.
  /// The last one lets the batch go: do not touch it afterwards without a
  /// reference of your own.
  void one_reported() {
    if (unreported.fetch_sub(1) == 1) {
      auto last = std::move(in_flight);
    }
  }

  /// How many items are not reported yet, and the reference that keeps the
  /// batch alive until then; set by `producer::begin`.
  std::atomic<std::size_t> unreported{0};
  std::shared_ptr<publish_batch> in_flight;

 private:
  std::string_view slice(std::uint32_t begin, std::uint32_t size) const {
    return std::string_view(arena).substr(begin, size);
  }
};

}  // namespace wskafka::kafka
