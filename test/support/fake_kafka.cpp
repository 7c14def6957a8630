#include "test/support/fake_kafka.hpp"

#include <stdexcept>

namespace wskafka::test {

kafka::result<std::shared_ptr<kafka::group_consumer>> fake_kafka::join(
    const std::string& group, std::shared_ptr<kafka::group_listener> events) {
  ++joins;
  if (refused_)
    return {std::nullopt, *refused_};
  groups_[group] = std::make_shared<fake_group>(std::move(events));
  return {groups_[group], {}};
}

kafka::result<std::shared_ptr<kafka::tail_reader>> fake_kafka::tails(
    std::shared_ptr<kafka::tail_listener> events,
    std::shared_ptr<net::account> payer) {
  if (refused_)
    return {std::nullopt, *refused_};
  tails_.push_back(
      std::make_shared<fake_tails>(std::move(events), std::move(payer)));
  return {tails_.back(), {}};
}

void fake_kafka::refresh(std::chrono::milliseconds,
                         std::function<void(listed)> done) {
  if (broken)
    throw std::runtime_error("broken");
  refreshes.push_back(std::move(done));
}

void fake_kafka::create(
    std::vector<kafka::new_topic> topics, std::chrono::milliseconds,
    std::function<void(std::vector<kafka::create_outcome>)> done) {
  if (broken)
    throw std::runtime_error("broken");
  create_call call{{}, std::move(done)};
  for (kafka::new_topic& one : topics) {
    call.names.push_back(std::move(one.name));
    call.shapes.push_back(std::move(one.shape));
  }
  creates.push_back(std::move(call));
}

void fake_kafka::remove(
    std::vector<std::string> names, std::chrono::milliseconds,
    std::function<void(std::vector<kafka::create_outcome>)> done) {
  if (broken)
    throw std::runtime_error("broken");
  removes.push_back({std::move(names), std::move(done)});
}

void fake_kafka::describe(
    std::vector<std::string> names, std::chrono::milliseconds timeout,
    std::function<void(kafka::result<kafka::topic_descriptions>)> done) {
  if (broken)
    throw std::runtime_error("broken");
  describes.push_back({std::move(names), timeout, std::move(done)});
}

void fake_kafka::offsets(
    kafka::offsets_question question, std::chrono::milliseconds timeout,
    std::function<void(kafka::result<kafka::topic_offsets>)> done) {
  if (broken)
    throw std::runtime_error("broken");
  offset_calls.push_back({std::move(question), timeout, std::move(done)});
}

void fake_kafka::set_topic(const std::string& name, std::int32_t partitions) {
  auto table = std::make_shared<kafka::topic_table>(*table_);
  ++table->version;
  if (partitions > 0) {
    table->partitions[name] = partitions;
    table->since.emplace(name, table->version);
  } else {
    table->partitions.erase(name);
    table->since.erase(name);
  }
  table_ = std::move(table);
}

void fake_kafka::finish_creates(const std::optional<kafka::failure>& why) {
  for (const create_call& call : std::exchange(creates, {})) {
    std::vector<kafka::create_outcome> outcomes;
    for (const std::string& name : call.names) {
      if (!why && table_->partitions.count(name) == 0)
        set_topic(name, 1);
      outcomes.push_back({name, why});
    }
    call.done(std::move(outcomes));
  }
}

void fake_kafka::finish_removes(const std::optional<kafka::failure>& why) {
  for (const create_call& call : std::exchange(removes, {})) {
    std::vector<kafka::create_outcome> outcomes;
    for (const std::string& name : call.names) {
      if (!why)
        set_topic(name, 0);
      outcomes.push_back({name, why});
    }
    call.done(std::move(outcomes));
  }
}

void fake_kafka::finish_refreshes(const std::optional<kafka::failure>& why) {
  for (const auto& done : std::exchange(refreshes, {}))
    done(why ? listed{std::nullopt, *why} : listed{table_, {}});
}

void fake_kafka::clear() {
  creates.clear();
  removes.clear();
  describes.clear();
  offset_calls.clear();
  refreshes.clear();
  groups_.clear();
  tails_.clear();
  producer_.clear();
}

}  // namespace wskafka::test
