#pragma once

#include "actors/environment.hpp"
#include "actors/interfaces.hpp"
#include "actors/rate.hpp"
#include "actors/topic_inquiries.hpp"
#include "net/inbox.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace wskafka {

/// All that is done to topics and asked of them: one per process. Creates and
/// checks of the same topic share one call to Kafka. Spawned by the gateway. An
/// exception restarts it in place: what waited is answered INTERNAL.
class topics final : public topics_actor::base {
 public:
  topics(caf::actor_config& config, environment& shared);

  behavior_type make_behavior() override;
  const char* name() const override { return "wskafka.topics"; }
  void on_exit() override;

 private:
  /// One `create_topics`, `remove_topics` or `check_topics` that is not
  /// answered yet.
  struct question {
    std::uint64_t request = 0;
    topic_client from;
    std::vector<std::string> topics;
    std::map<std::string, kafka::create_outcome> outcomes;
    /// For what turns out to be missing.
    std::chrono::milliseconds timeout{0};
  };
  /// A name with what is told of its topic: who names two shapes of one topic
  /// does not ask for the same.
  using creation = std::pair<std::string, kafka::topic_shape>;
  /// What was asked for, and what became of each.
  struct created {
    std::vector<kafka::new_topic> asked;
    std::vector<kafka::create_outcome> outcomes;
  };
  struct removed {
    std::uint64_t question = 0;
    std::vector<kafka::create_outcome> outcomes;
  };
  /// The topic list came, or failed.
  struct listed {
    kafka::result<std::shared_ptr<const kafka::topic_table>> table;
  };
  using inbox_item =
      std::variant<created, removed, listed, topic_inquiries::answer>;
  struct result_inbox;

  void on_create(const create_topics& request);
  void on_remove(const remove_topics& request);
  void on_check(const check_topics& request);
  void on_inquire(inquire_topics& request);
  void on_list(list_topics& request);
  void on_list_due();
  void arm_list_due();
  void on_inbox();
  void take(const created& result);
  void take(const removed& result);
  void take(const topic_inquiries::answer& result);
  void take(const listed& result);
  void on_begin_stop(const begin_stop& order);
  void on_describe(const describe& query);
  time_point now() { return home_system().clock().now(); }

  std::uint64_t ask(std::uint64_t request, topic_client from,
                    std::vector<std::string> topics);
  void create(std::uint64_t question, const std::vector<std::string>& topics,
              std::chrono::milliseconds timeout,
              const topic_shapes* shapes = nullptr);
  void refresh();
  void settle(std::uint64_t question, kafka::create_outcome outcome);
  void fail_lists(const protocol::failure& why);
  void restart(const std::string& why);
  void guarded(const std::function<void()>& handler);

  environment& shared_;
  std::shared_ptr<result_inbox> results_;
  std::map<std::uint64_t, question> questions_;
  std::uint64_t question_numbers_ = 0;
  /// Who waits for the creation of a topic.
  std::map<creation, std::vector<std::uint64_t>> creating_;
  /// Who waits for the topic list to see whether a topic exists.
  std::vector<std::pair<std::uint64_t, std::string>> checking_;
  std::vector<list_topics> listing_;
  topic_inquiries inquiries_;
  /// What is armed: when the first of them is due.
  time_point list_due_at_ = time_point::max();
  bool refreshing_ = false;
  std::uint64_t created_ = 0;
  std::uint64_t removed_ = 0;
  /// Questions and lists.
  rate asking_;
  std::string last_error_;
};

}  // namespace wskafka
