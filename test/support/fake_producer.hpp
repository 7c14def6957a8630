#pragma once

#include "net/kafka/producer.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wskafka::test {

/// The producer handle with no broker: a record stays with it until the test
/// reports it. Used by one thread.
class fake_producer final : public kafka::producer {
 public:
  /// One record that was handed over and is not reported.
  struct record {
    std::string topic;
    std::int32_t partition = 0;
    std::string value;
    bool null_value = false;
    kafka::publish_batch* batch = nullptr;
    std::size_t item = 0;
  };

  kafka::producer_topic* topic(std::string_view name) override;
  void begin(const std::shared_ptr<kafka::publish_batch>& batch) override;
  void publish(kafka::publish_batch& batch, std::size_t item,
               kafka::producer_topic* topic, std::int32_t partition) override;
  bool flush(std::chrono::steady_clock::time_point deadline) override;
  kafka::producer_statistics count() const override { return count_; }

  const std::vector<record>& waiting() const { return waiting_; }

  /// The values handed over and not reported, in order.
  std::vector<std::string> values() const;

  /// The broker has everything.
  void report();

  /// The broker refuses everything.
  void fail(const kafka::failure& why, bool maybe_written);

  /// From here on `publish` refuses at once; empty: no more.
  void refuse(std::optional<kafka::failure> why) { refused_ = std::move(why); }

  /// `publish` throws once it has taken so many more; empty: never.
  std::optional<unsigned> breaks_after;

  /// Reports what is left, so that the batches go.
  void clear() { report(); }

 private:
  void fail(const record& r, const kafka::failure& why, bool maybe_written);

  std::map<std::string, char, std::less<>> topics_;
  std::vector<record> waiting_;
  std::optional<kafka::failure> refused_;
  kafka::producer_statistics count_;
};

}  // namespace wskafka::test
