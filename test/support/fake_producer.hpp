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
    /// Its key and headers as `name=value`, a null as `null`, each with a comma
    /// behind it.
    std::string key = "null";
    std::string headers;
    std::int64_t timestamp = 0;
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

  /// The broker has everything; each partition's offsets go up from 0.
  void report();

  /// The broker has the first.
  void report_first();

  /// The broker refuses everything.
  void fail(const kafka::failure& why, bool maybe_written);

  /// From here on `publish` refuses at once; empty: no more.
  void refuse(std::optional<kafka::failure> why) { refused_ = std::move(why); }

  /// `publish` throws once it has taken so many more; empty: never.
  std::optional<unsigned> breaks_after;

  /// Reports what is left, so that the batches go.
  void clear() { report(); }

 private:
  static void take_extras(record& to, const kafka::publish_batch& batch,
                          const kafka::publish_extras& from);
  void report(const record& r);
  void fail(const record& r, const kafka::failure& why, bool maybe_written);

  std::map<std::string, char, std::less<>> topics_;
  std::vector<record> waiting_;
  std::map<kafka::topic_partition, std::int64_t> ends_;
  std::optional<kafka::failure> refused_;
  kafka::producer_statistics count_;
};

}  // namespace wskafka::test
