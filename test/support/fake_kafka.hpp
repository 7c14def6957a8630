#pragma once

#include "net/kafka/edge.hpp"
#include "test/support/fake_group.hpp"
#include "test/support/fake_history.hpp"
#include "test/support/fake_producer.hpp"
#include "test/support/fake_tails.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace wskafka::test {

/// The Kafka edge with no broker: what is asked waits until the test answers.
/// Used by one thread.
class fake_kafka final : public kafka::edge {
 public:
  struct create_call {
    std::vector<std::string> names;
    std::function<void(std::vector<kafka::create_outcome>)> done;
    /// Of each name.
    std::vector<kafka::topic_shape> shapes = {};
  };
  struct describe_call {
    std::vector<std::string> names;
    std::chrono::milliseconds timeout;
    std::function<void(kafka::result<kafka::topic_descriptions>)> done;
  };
  struct offsets_call {
    kafka::offsets_question question;
    std::chrono::milliseconds timeout;
    std::function<void(kafka::result<kafka::topic_offsets>)> done;
  };
  using listed = kafka::result<std::shared_ptr<const kafka::topic_table>>;

  fake_producer& producer() override { return producer_; }
  kafka::result<std::shared_ptr<kafka::group_consumer>> join(
      const std::string& group,
      std::shared_ptr<kafka::group_listener> events) override;
  kafka::result<std::shared_ptr<kafka::tail_reader>> tails(
      std::shared_ptr<kafka::tail_listener> events,
      std::shared_ptr<net::account> payer) override;
  std::shared_ptr<kafka::history_reader> history() override { return past; }
  std::shared_ptr<const kafka::topic_table> topics() const override {
    return table_;
  }
  std::uint64_t topics_version() const override { return table_->version; }
  void refresh(std::chrono::milliseconds timeout,
               std::function<void(listed)> done) override;
  void create(
      std::vector<kafka::new_topic> topics, std::chrono::milliseconds timeout,
      std::function<void(std::vector<kafka::create_outcome>)> done) override;
  void remove(
      std::vector<std::string> names, std::chrono::milliseconds timeout,
      std::function<void(std::vector<kafka::create_outcome>)> done) override;
  void describe(std::vector<std::string> names,
                std::chrono::milliseconds timeout,
                std::function<void(kafka::result<kafka::topic_descriptions>)>
                    done) override;
  void offsets(
      kafka::offsets_question question, std::chrono::milliseconds timeout,
      std::function<void(kafka::result<kafka::topic_offsets>)> done) override;
  kafka::broker_state state() const override { return {true, "fake", "", 1}; }
  bool stop(std::chrono::steady_clock::time_point) override { return true; }

  /// As before the first list.
  void begin_anew() { table_ = std::make_shared<const kafka::topic_table>(); }

  /// The topic exists with this many partitions; 0: no more.
  void set_topic(const std::string& name, std::int32_t partitions);

  /// The creates that wait succeed, with one partition each, or fail.
  void finish_creates(const std::optional<kafka::failure>& why = std::nullopt);

  /// The deletes that wait succeed, or fail.
  void finish_removes(const std::optional<kafka::failure>& why = std::nullopt);

  /// The questions for the list are answered with the table, or fail.
  void finish_refreshes(
      const std::optional<kafka::failure>& why = std::nullopt);

  /// The latest handle of the group; throws when there is none.
  fake_group& group(const std::string& name) { return *groups_.at(name); }

  /// The latest reader of the tails; throws when there is none.
  fake_tails& tail_reader() { return *tails_.at(tails_.size() - 1); }

  /// From here on joins fail; empty: no more.
  void refuse_joins(std::optional<kafka::failure> why) {
    refused_ = std::move(why);
  }

  /// Forgets everything, so that charges are released.
  void clear();

  std::vector<create_call> creates;
  std::vector<create_call> removes;
  std::vector<describe_call> describes;
  std::vector<offsets_call> offset_calls;
  std::vector<std::function<void(listed)>> refreshes;
  unsigned joins = 0;
  std::shared_ptr<fake_history> past = std::make_shared<fake_history>();
  /// From here on all that is asked of topics throws.
  bool broken = false;

 private:
  fake_producer producer_;
  std::map<std::string, std::shared_ptr<fake_group>> groups_;
  std::vector<std::shared_ptr<fake_tails>> tails_;
  std::optional<kafka::failure> refused_;
  /// As after the first list, of a cluster without topics.
  std::shared_ptr<const kafka::topic_table> table_ =
      std::make_shared<const kafka::topic_table>(kafka::topic_table{{}, 1});
};

}  // namespace wskafka::test
