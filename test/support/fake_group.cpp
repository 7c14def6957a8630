#include "test/support/fake_group.hpp"

#include "test/support/record_values.hpp"

#include <memory>
#include <stdexcept>
#include <utility>

namespace wskafka::test {

void fake_group::subscribe(std::vector<std::string> topics) {
  if (broken)
    throw std::runtime_error("broken");
  subscriptions.push_back(std::move(topics));
}

void fake_group::assign(std::vector<kafka::position> starts,
                        std::uint32_t epoch) {
  reading_.clear();
  assignment given;
  given.epoch = epoch;
  for (const kafka::position& start : starts) {
    given.starts[start.at] = start.offset;
    reading_[start.at] = {nullptr, 0, epoch, start.offset};
  }
  assignments.push_back(std::move(given));
}

void fake_group::unassign() {
  ++unassigned;
  reading_.clear();
}

void fake_group::give(kafka::topic_partition at,
                      std::shared_ptr<net::account> owner,
                      std::uint32_t owner_epoch) {
  const auto found = reading_.find(at);
  if (found == reading_.end())
    return;
  found->second.owner = std::move(owner);
  found->second.owner_epoch = owner_epoch;
}

void fake_group::seek(kafka::topic_partition at, std::int64_t offset,
                      std::uint32_t epoch) {
  const auto found = reading_.find(at);
  if (found == reading_.end())
    return;
  found->second.position = offset;
  found->second.fetch_epoch = epoch;
}

void fake_group::commit(std::uint64_t id,
                        std::vector<kafka::position> positions) {
  if (broken)
    throw std::runtime_error("broken");
  commits.push_back({id, std::move(positions)});
}

void fake_group::find_starts(
    std::vector<kafka::start_question> asked, std::chrono::milliseconds,
    std::function<void(std::vector<kafka::start_answer>)> done) {
  questions.push_back({std::move(asked), std::move(done)});
}

std::vector<kafka::position> fake_group::ends() const {
  std::vector<kafka::position> known;
  for (const auto& [at, end] : log_ends)
    if (reading_.count(at) > 0)
      known.push_back({at, end});
  return known;
}

void fake_group::close(std::chrono::steady_clock::time_point deadline) {
  closing = deadline;
  reading_.clear();
}

std::shared_ptr<net::account> fake_group::owner(
    const kafka::topic_partition& at) const {
  const auto found = reading_.find(at);
  return found == reading_.end() ? nullptr : found->second.owner;
}

std::int64_t fake_group::position(const kafka::topic_partition& at) const {
  return reading_.at(at).position;
}

void fake_group::emit_assigned(std::vector<kafka::topic_partition> partitions) {
  emit(kafka::assigned{std::move(partitions)});
}

void fake_group::emit_revoked(bool lost) {
  kafka::revoked event;
  event.lost = lost;
  for (const auto& entry : reading_)
    event.partitions.push_back(entry.first);
  emit(std::move(event));
}

void fake_group::answer_starts() {
  for (const starts_call& call : std::exchange(questions, {})) {
    std::vector<kafka::start_answer> answers;
    for (const kafka::start_question& q : call.questions) {
      kafka::start_answer answer;
      answer.at = q.at;
      const auto found = committed.find(q.at);
      answer.was_committed = found != committed.end();
      if (answer.was_committed)
        answer.offset = found->second;
      else if (!q.otherwise)
        answer.error =
            kafka::failure{"OFFSET_OUT_OF_RANGE", "no commit", false};
      else
        // A time is the offset of its record.
        answer.offset = *q.otherwise == -2 ? 0
                        : *q.otherwise == -1
                            ? log_ends[q.at]
                            : std::min(*q.otherwise, log_ends[q.at]);
      answers.push_back(std::move(answer));
    }
    call.done(std::move(answers));
  }
}

void fake_group::fail_starts(const kafka::failure& why) {
  for (const starts_call& call : std::exchange(questions, {})) {
    std::vector<kafka::start_answer> answers;
    for (const kafka::start_question& q : call.questions)
      answers.push_back({q.at, 0, false, why});
    call.done(std::move(answers));
  }
}

void fake_group::answer_commits() {
  for (commit_call& call : std::exchange(commits, {})) {
    for (const kafka::position& p : call.positions)
      committed[p.at] = p.offset;
    emit(kafka::committed{call.id, std::move(call.positions), std::nullopt});
  }
}

void fake_group::fail_commits(const kafka::failure& why) {
  for (commit_call& call : std::exchange(commits, {}))
    emit(kafka::committed{call.id, std::move(call.positions), why});
}

void fake_group::refuse_commits(const std::string& topic,
                                const kafka::failure& why) {
  for (commit_call& call : std::exchange(commits, {})) {
    kafka::committed told{call.id, std::move(call.positions), std::nullopt};
    for (const kafka::position& p : told.positions)
      if (p.at.topic == topic)
        told.refused[p.at] = why;
      else
        committed[p.at] = p.offset;
    if (!told.refused.empty())
      told.error = why;
    emit(std::move(told));
  }
}

void fake_group::settle(const std::function<void()>& run) {
  run();
  while (!questions.empty() || !commits.empty()) {
    answer_starts();
    answer_commits();
    run();
  }
}

void fake_group::fetch(const kafka::topic_partition& at, unsigned count) {
  std::vector<std::string> values;
  const std::string name = at.topic + '/' + std::to_string(at.partition) + '/';
  for (unsigned i = 0; i < count; ++i)
    values.push_back(name + std::to_string(position(at) + i));
  poll(at, std::move(values));
}

void fake_group::fetch(const kafka::topic_partition& at, std::string value) {
  poll(at, {std::move(value)});
}

void fake_group::poll(const kafka::topic_partition& at,
                      std::vector<std::string> values) {
  reading& from = reading_.at(at);
  if (!from.owner)
    return;
  auto [batch, bytes] = batch_of(at.topic, at.partition, from.position, values);
  batch->fetch_epoch = from.fetch_epoch;
  from.position += static_cast<std::int64_t>(values.size());
  std::int64_t& end = log_ends[at];
  end = std::max(end, from.position);
  net::charge held(from.owner, net::direction::out, bytes);
  emit(kafka::fetched{std::move(batch), from.owner_epoch, std::move(held)});
}

void fake_group::emit_closed(bool given_up) {
  emit(kafka::consumer_closed{given_up});
}

}  // namespace wskafka::test
