#pragma once

#include "net/kafka/consumer_client.hpp"
#include "net/kafka/fetch_wake.hpp"
#include "net/kafka/group_consumer.hpp"
#include "net/kafka/handle.hpp"
#include "net/kafka/poller.hpp"
#include "net/ledger.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

namespace wskafka::kafka {

/// Where a partition's queue leaves what it polled.
class partition_events {
 public:
  virtual ~partition_events() = default;
  virtual void on_records(fetched records) = 0;
  virtual void on_partition_error(rd_kafka_event_t* error) = 0;
  /// Its fetcher may have stopped, and can go on.
  virtual void on_room() = 0;
};

/// The bounds of one batch.
struct batch_bounds {
  std::size_t records = 256;
  std::size_t bytes = 8 * 1024 * 1024;
};

/// One assigned partition's own queue: polled only while its owner's account
/// has delivery credit. Everything on the poller's thread.
class partition_queue final
    : public pollable,
      public std::enable_shared_from_this<partition_queue> {
 public:
  /// `to` and `by` outlive the time between `attach` and `detach`.
  partition_queue(topic_partition at, batch_bounds bounds, partition_events& to,
                  poller& by);

  const topic_partition& at() const { return at_; }

  /// Before the partition is assigned: its records come here from then on, not
  /// to the consumer's queue. False: librdkafka does not know the partition.
  /// The client outlives the time until `detach`.
  bool attach(consumer_client& client);

  /// After it was unassigned: frees what librdkafka still keeps for it.
  void detach();

  /// It is assigned anew: a seek that was asked for before is void.
  void begin_epoch(std::uint32_t epoch) {
    fetch_epoch_ = epoch;
    target_.reset();
  }

  /// Null: nobody.
  void give(std::shared_ptr<net::account> owner, std::uint32_t owner_epoch);

  /// Records wait until librdkafka has confirmed the position, which `turn`
  /// asks for.
  void seek(std::int64_t offset, std::uint32_t epoch);
  bool seeking() const { return target_.has_value(); }

  /// Its owner has no credit.
  bool stalled() const { return stalled_; }

  bool turn() override;

 private:
  bool try_seek();
  void drop_waiting();
  bool poll(std::size_t credit);
  std::size_t add(const rd_kafka_message_t& message, std::size_t bound);
  void hand_on();

  const topic_partition at_;
  const batch_bounds bounds_;
  partition_events& to_;
  poller& by_;
  consumer_client* client_ = nullptr;
  queue_handle queue_;
  std::uint32_t fetch_epoch_ = 0;
  std::shared_ptr<net::account> owner_;
  std::uint32_t owner_epoch_ = 0;
  std::optional<std::int64_t> target_;
  bool stalled_ = false;
  std::optional<fetch_room> room_;

  /// The batch being filled, and what it is charged with.
  std::shared_ptr<protocol::record_batch> batch_;
  std::size_t charge_ = 0;
  std::size_t last_arena_ = 0;
  /// One record's headers, as the batch holds them.
  std::string headers_;
};

}  // namespace wskafka::kafka
