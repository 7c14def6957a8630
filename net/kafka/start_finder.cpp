#include "net/kafka/start_finder.hpp"

#include "net/kafka/error.hpp"
#include "net/kafka/handle.hpp"
#include "net/kafka/offset_lookup.hpp"

#include <algorithm>
#include <mutex>
#include <string>
#include <utility>

namespace wskafka::kafka {
namespace {

std::string what(const topic_partition& at) {
  return "cannot find where topic \"" + at.topic + "\" partition " +
         std::to_string(at.partition) + " starts";
}

void add(rd_kafka_topic_partition_list_t* list, const topic_partition& at,
         std::int64_t offset) {
  rd_kafka_topic_partition_list_add(list, at.topic.c_str(), at.partition)
      ->offset = offset;
}

/// What librdkafka answered for the partition; null when nothing.
const rd_kafka_topic_partition_t* look_up(rd_kafka_topic_partition_list_t* list,
                                          const topic_partition& at) {
  return rd_kafka_topic_partition_list_find(list, at.topic.c_str(),
                                            at.partition);
}

/// The answer's error, or that of the call.
int error_of(const rd_kafka_topic_partition_t* found, int call) {
  if (call != RD_KAFKA_RESP_ERR_NO_ERROR)
    return call;
  return found != nullptr ? found->err : RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION;
}

}  // namespace

start_finder::start_finder(std::vector<start_question> questions,
                           clock::time_point deadline, callback done,
                           std::shared_ptr<callback_gate> gate)
    : questions_(std::move(questions)),
      deadline_(deadline),
      gate_(std::move(gate)),
      done_(std::move(done)) {}

start_finder::~start_finder() {
  finish(all_failed(shutting_down("cannot find where partitions start")));
}

void start_finder::begin(const std::shared_ptr<worker_pool>& pool,
                         std::function<std::shared_ptr<rd_kafka_s>()> client) {
  // The timer must not keep the question from being dropped.
  const auto expiry = pool->run_at(deadline_, [weak = weak_from_this()] {
    if (const auto self = weak.lock())
      self->finish(
          self->all_failed(timed_out("cannot find where partitions start")));
  });
  pool->run(
      [self = shared_from_this(), pool, expiry, client = std::move(client)] {
        const auto by = clock::now() < self->deadline_ ? client() : nullptr;
        if (by)
          self->finish(self->find(by.get()));
        pool->cancel(expiry);
      });
}

std::vector<start_answer> start_finder::find(rd_kafka_s* client) const {
  const int size = static_cast<int>(questions_.size());
  const partition_list commits(rd_kafka_topic_partition_list_new(size));
  offset_lookup ends;
  for (const start_question& q : questions_)
    add(commits.get(), q.at, RD_KAFKA_OFFSET_INVALID);
  const int committed_error =
      rd_kafka_committed(client, commits.get(), left_until(deadline_));
  for (const start_question& q : questions_) {
    const auto* found = look_up(commits.get(), q.at);
    if (error_of(found, committed_error) == RD_KAFKA_RESP_ERR_NO_ERROR &&
        found->offset < 0 && q.otherwise)
      ends.add(q.at, *q.otherwise);
  }
  ends.ask(client, deadline_);
  // Of times that lie behind the last record.
  constexpr std::int64_t nowhere = -1;
  const auto start_of = [&](const start_question& q) {
    return ends.find(q.at, what(q.at), nowhere);
  };
  offset_lookup logs;
  for (const start_question& q : questions_)
    if (q.otherwise && start_of(q) && *start_of(q).value == nowhere)
      logs.add(q.at, at_end);
  logs.ask(client, deadline_);
  std::vector<start_answer> answers;
  for (const start_question& q : questions_) {
    start_answer answer{q.at, 0, false, std::nullopt};
    const auto* commit = look_up(commits.get(), q.at);
    if (const int error = error_of(commit, committed_error)) {
      answer.error = to_failure(error, what(q.at));
    } else if (commit->offset >= 0) {
      answer.offset = commit->offset;
      answer.was_committed = true;
    } else if (!q.otherwise) {
      answer.error = failure{"OFFSET_OUT_OF_RANGE",
                             what(q.at) +
                                 ": the group has no committed offset for it "
                                 "and fromOffset is none.",
                             false};
    } else {
      auto start = start_of(q);
      if (start && *start.value == nowhere)
        start = logs.find(q.at, what(q.at));
      if (start)
        answer.offset = *start.value;
      else
        answer.error = start.error;
    }
    answers.push_back(std::move(answer));
  }
  return answers;
}

std::vector<start_answer> start_finder::all_failed(const failure& why) const {
  std::vector<start_answer> answers;
  for (const start_question& q : questions_)
    answers.push_back({q.at, 0, false, why});
  return answers;
}

void start_finder::finish(std::vector<start_answer> answers) {
  callback done;
  {
    std::lock_guard<std::mutex> guard(mutex_);
    done.swap(done_);
  }
  if (done)
    gate_->pass([&] { done(std::move(answers)); });
}

}  // namespace wskafka::kafka
