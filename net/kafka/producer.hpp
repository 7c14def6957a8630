#pragma once

#include "net/kafka/publish_batch.hpp"
#include "net/kafka/types.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

namespace wskafka::kafka {

/// A topic as the producer handle knows it. Lives as long as the producer.
class producer_topic;

struct producer_statistics {
  std::uint64_t handed_over = 0;
  std::uint64_t reported = 0;
  std::uint64_t failed = 0;
  /// Times that the handle was fatally broken and made anew.
  std::uint64_t recreated = 0;
};

/// The process's one producer handle and the thread that reads its delivery
/// reports. Idempotent and ordered with `requireAcks: -1`; one request in
/// flight with 1 (`design.md` "Promises").
class producer {
 public:
  virtual ~producer() = default;

  /// From any thread, never blocks: the topic's handle, made on first sight.
  virtual producer_topic* topic(std::string_view name) = 0;

  /// Tells that the batch's items will now be handed over by `publish`, or be
  /// given up by `publish_batch::one_reported`, all of them, now or later:
  /// keeps the batch alive until then. Once for each batch.
  virtual void begin(const std::shared_ptr<publish_batch>& batch) = 0;

  /// From any thread, never blocks. Hands one item of a begun batch over, to an
  /// explicit partition. Bytes stay in the batch. Whatever happens, the item is
  /// reported: a refusal settles it at once, on this thread, and tells the
  /// batch's sink.
  virtual void publish(publish_batch& batch, std::size_t item,
                       producer_topic* topic, std::int32_t partition) = 0;

  /// Blocks until everything handed over is reported, or until the deadline;
  /// what is left then is purged and reported as failed. True when nothing had
  /// to be purged. Not for an actor or io thread.
  virtual bool flush(std::chrono::steady_clock::time_point deadline) = 0;

  virtual producer_statistics count() const = 0;
};

}  // namespace wskafka::kafka
