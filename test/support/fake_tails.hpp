#pragma once

#include "net/kafka/tail_reader.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace wskafka::test {

/// The tails' handle with no broker. It keeps what it was told to do, and plays
/// Kafka when the test says so. Used by one thread.
class fake_tails final : public kafka::tail_reader {
 public:
  struct begin_call {
    std::string topic;
    std::uint32_t epoch = 0;
    std::chrono::milliseconds timeout{};
  };

  fake_tails(std::shared_ptr<kafka::tail_listener> events,
             std::shared_ptr<net::account> charged)
      : payer(std::move(charged)), events_(std::move(events)) {}

  void begin(std::string topic, std::uint32_t epoch,
             std::chrono::milliseconds timeout) override;
  void end(std::string topic) override;
  /// Of `log_ends`, what is read.
  std::vector<kafka::position> ends(const std::string& topic) const override;
  void locate(std::string topic, std::uint64_t question,
              std::vector<std::int32_t> partitions,
              std::optional<std::int64_t> time,
              std::chrono::milliseconds timeout) override;
  void close(std::chrono::steady_clock::time_point deadline) override;

  /// From here on `begin` and `end` throw.
  bool broken = false;

  struct locate_call {
    std::string topic;
    std::uint64_t question = 0;
    std::vector<std::int32_t> partitions;
    std::optional<std::int64_t> time;
  };

  // What it was told: begins that are not answered yet, and every end.
  std::vector<begin_call> begins;
  std::vector<std::string> ended;
  std::vector<locate_call> locates;
  std::optional<std::chrono::steady_clock::time_point> closing;

  /// Where each partition's log ends; it begins at 0.
  std::map<kafka::topic_partition, std::int64_t> log_ends;
  std::map<kafka::topic_partition, std::int64_t> log_begins;
  const std::shared_ptr<net::account> payer;

  /// Answers the begins that wait: started at the ends of `partitions` each,
  /// or failed.
  void start(std::int32_t partitions = 1);
  void fail_begins(const kafka::failure& why);

  /// Answers the questions that wait: with the logs' ends, and `at_time` for
  /// the time asked for; or fails them.
  void tell_ranges(std::int64_t at_time = 0);
  void fail_locates(const kafka::failure& why);

  bool reads(const kafka::topic_partition& at) const {
    return reading_.count(at) > 0;
  }

  /// Where it is read next.
  std::int64_t position(const kafka::topic_partition& at) const;

  /// Polls `count` records off the partition. Their values are
  /// `topic/partition/offset`. Does nothing while the payer has no credit, as
  /// the poller; false then.
  bool fetch(const kafka::topic_partition& at, unsigned count);

  /// The same, with values of the test's.
  bool fetch(const kafka::topic_partition& at, std::vector<std::string> values);

  /// Retention has passed the reader (`to` lies behind its position), or the
  /// log was cut.
  void jump(const kafka::topic_partition& at, std::int64_t to, bool truncated);

  /// The topic has this many partitions now; the new ones begin at 0.
  void grow(const std::string& topic, std::int32_t partitions);

  /// The topic was created anew with this many partitions; where each goes on
  /// is told by `jump`.
  void shrink(const std::string& topic, std::int32_t partitions);

  /// The topic is deleted; it stays begun.
  void vanish(const std::string& topic, const kafka::failure& why);

  void emit(kafka::tail_event event) { events_->on_event(std::move(event)); }

  /// The handle is gone.
  void emit_closed(bool given_up = false);

 private:
  struct reading {
    std::uint32_t epoch = 0;
    std::int64_t position = 0;
  };
  void drop(const std::string& topic);

  std::shared_ptr<kafka::tail_listener> events_;
  /// The epochs of the topics that were started.
  std::map<std::string, std::uint32_t> epochs_;
  std::map<kafka::topic_partition, reading> reading_;
};

}  // namespace wskafka::test
