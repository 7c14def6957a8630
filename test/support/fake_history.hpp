#pragma once

#include "net/kafka/history_reader.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace wskafka::test {

/// The reader of the past with no broker: keeps the reads, and plays Kafka when
/// the test says so. Used by one thread.
class fake_history final : public kafka::history_reader {
 public:
  struct read final : kafka::history_read {
    void end() override { ended = true; }
    void tell(kafka::history_event event) {
      events->on_event(std::move(event));
    }
    /// So many records of the partition, with values `topic/partition/offset`.
    void tell_records(std::int32_t partition, std::int64_t begin,
                      std::int64_t end);

    std::vector<kafka::position> from;
    std::shared_ptr<kafka::history_listener> events;
    std::shared_ptr<net::account> payer;
    bool ended = false;
  };

  kafka::result<std::shared_ptr<kafka::history_read>> begin(
      std::vector<kafka::position> from,
      std::shared_ptr<kafka::history_listener> events,
      std::shared_ptr<net::account> payer) override;
  void close(std::chrono::steady_clock::time_point) override {}

  /// The latest read; throws when there is none.
  read& last() { return *reads.at(reads.size() - 1); }

  std::vector<std::shared_ptr<read>> reads;
  /// From here on begins fail; empty: no more.
  std::optional<kafka::failure> refused;
  unsigned refusals = 0;
};

}  // namespace wskafka::test
