#pragma once

#include "net/kafka/group_consumer.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace wskafka::test {

/// A group's handle with no broker. It keeps what it was told to do, and plays
/// Kafka when the test says so. Used by one thread.
class fake_group final : public kafka::group_consumer {
 public:
  struct assignment {
    std::map<kafka::topic_partition, std::int64_t> starts;
    std::uint32_t epoch = 0;
  };
  struct commit_call {
    std::uint64_t id = 0;
    std::vector<kafka::position> positions;
  };
  struct starts_call {
    std::vector<kafka::start_question> questions;
    std::function<void(std::vector<kafka::start_answer>)> done;
  };

  explicit fake_group(std::shared_ptr<kafka::group_listener> events)
      : events_(std::move(events)) {}

  void subscribe(std::vector<std::string> topics) override;
  void assign(std::vector<kafka::position> starts,
              std::uint32_t epoch) override;
  void unassign() override;
  void give(kafka::topic_partition at, std::shared_ptr<net::account> owner,
            std::uint32_t owner_epoch) override;
  void seek(kafka::topic_partition at, std::int64_t offset,
            std::uint32_t epoch) override;
  void commit(std::uint64_t id,
              std::vector<kafka::position> positions) override;
  void find_starts(
      std::vector<kafka::start_question> questions,
      std::chrono::milliseconds timeout,
      std::function<void(std::vector<kafka::start_answer>)> done) override;
  /// Of `log_ends`, what is assigned.
  std::vector<kafka::position> ends() const override;
  void close(std::chrono::steady_clock::time_point deadline) override;

  /// From here on `subscribe` and `commit` throw.
  bool broken = false;

  // What it was told.
  std::vector<std::vector<std::string>> subscriptions;
  std::vector<assignment> assignments;
  unsigned unassigned = 0;
  std::vector<commit_call> commits;
  std::vector<starts_call> questions;
  std::optional<std::chrono::steady_clock::time_point> closing;

  // What Kafka holds: of partitions without a commit nothing.
  std::map<kafka::topic_partition, std::int64_t> committed;
  /// Where each partition's log ends; it begins at 0.
  std::map<kafka::topic_partition, std::int64_t> log_ends;

  /// Who gets a partition's records; null: nobody.
  std::shared_ptr<net::account> owner(const kafka::topic_partition& at) const;

  /// Where it is read next.
  std::int64_t position(const kafka::topic_partition& at) const;

  /// Kafka's part of a rebalance.
  void emit_assigned(std::vector<kafka::topic_partition> partitions);
  void emit_revoked(bool lost = false);

  /// Answers what is asked from `committed` and `log_ends`.
  void answer_starts();
  void fail_starts(const kafka::failure& why);

  /// The commits succeed.
  void answer_commits();
  void fail_commits(const kafka::failure& why);
  /// All but those of the topic.
  void refuse_commits(const std::string& topic, const kafka::failure& why);

  /// Until nothing is asked any more, with the actors run between by `run`.
  void settle(const std::function<void()>& run);

  /// Polls `count` records off the partition, for its owner. Their values are
  /// `topic/partition/offset`. Does nothing when nobody owns it, as the poller.
  void fetch(const kafka::topic_partition& at, unsigned count);

  /// The same, with a value of the test's.
  void fetch(const kafka::topic_partition& at, std::string value);

  void emit(kafka::group_event event) { events_->on_event(std::move(event)); }

  /// The handle is gone.
  void emit_closed(bool given_up = false);

 private:
  struct reading {
    std::shared_ptr<net::account> owner;
    std::uint32_t owner_epoch = 0;
    std::uint32_t fetch_epoch = 0;
    std::int64_t position = 0;
  };
  void poll(const kafka::topic_partition& at, std::vector<std::string> values);

  std::shared_ptr<kafka::group_listener> events_;
  std::map<kafka::topic_partition, reading> reading_;
};

}  // namespace wskafka::test
