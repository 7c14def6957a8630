#include "net/kafka/offset_inquirer.hpp"

#include "net/kafka/error.hpp"
#include "net/kafka/offset_lookup.hpp"
#include "net/kafka/topic_details.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace wskafka::kafka {
namespace {

using std::chrono::milliseconds;

const char* const what = "cannot find offsets";

/// A broker may not know yet that it leads a partition, or have to look for a
/// group.
constexpr milliseconds pause_after_failure{50};

std::string where(const topic_partition& at) {
  return std::string(what) + " of topic \"" + at.topic + "\" partition " +
         std::to_string(at.partition);
}

std::string of_group(const std::string& group) {
  return "cannot read what group \"" + group + "\" has committed";
}

/// The same timestamp for all.
bool look_up(offset_lookup& by, const std::vector<partition_offsets>& of,
             std::int64_t timestamp, rd_kafka_t* client,
             offset_inquirer::clock::time_point deadline) {
  for (const partition_offsets& one : of)
    by.add(one.at, timestamp);
  return by.ask(client, deadline);
}

}  // namespace

/// One question; its steps follow each other, so that nothing needs a lock.
struct offset_inquirer::job {
  std::uint64_t number = 0;
  offsets_question question;
  clock::time_point deadline;
  answer done;
  worker_pool::timer expiry;
  /// What is known so far.
  topic_offsets found;
  /// Why it had to be asked again; under the inquirer's mutex.
  failure last = timed_out(what);

  /// On a worker: blocks.
  result<topic_offsets> look_up_all(rd_kafka_t* client);
  /// What the group has committed; the failure when that is not known.
  std::optional<failure> take_commits(
      const rd_kafka_topic_partition_list_t& told);
};

result<topic_offsets> offset_inquirer::job::look_up_all(rd_kafka_t* client) {
  std::vector<partition_offsets>& all = found.partitions;
  offset_lookup first;
  offset_lookup of_time;
  offset_lookup end;
  // The end is the last to be asked: nothing lies behind it then.
  if (look_up(first, all, at_first_record, client, deadline) &&
      (!question.at || look_up(of_time, all, *question.at, client, deadline)))
    look_up(end, all, at_end, client, deadline);
  for (partition_offsets& one : all) {
    const auto begins = first.find(one.at, where(one.at));
    if (!begins)
      return {std::nullopt, begins.error};
    constexpr std::int64_t none = -1;
    const auto in_between = question.at
                                ? of_time.find(one.at, where(one.at), none)
                                : result<std::int64_t>{none, {}};
    if (!in_between)
      return {std::nullopt, in_between.error};
    const auto ends = end.find(one.at, where(one.at));
    if (!ends)
      return {std::nullopt, ends.error};
    one.earliest = *begins.value;
    one.latest = *ends.value;
    if (question.at)
      one.of_time = *in_between.value == none ? one.latest : *in_between.value;
  }
  return {std::move(found), {}};
}

std::optional<failure> offset_inquirer::job::take_commits(
    const rd_kafka_topic_partition_list_t& told) {
  std::map<topic_partition, std::int64_t> commits;
  for (int i = 0; i < told.cnt; ++i) {
    const rd_kafka_topic_partition_t& one = told.elems[i];
    if (one.err != RD_KAFKA_RESP_ERR_NO_ERROR)
      return to_failure(one.err, of_group(question.group));
    if (one.offset >= 0)
      commits[{one.topic, one.partition}] = one.offset;
  }
  for (partition_offsets& one : found.partitions) {
    const auto commit = commits.find(one.at);
    if (commit != commits.end())
      one.committed = commit->second;
  }
  return std::nullopt;
}

offset_inquirer::offset_inquirer(std::shared_ptr<rd_kafka_t> admin,
                                 std::shared_ptr<worker_pool> pool,
                                 std::shared_ptr<topic_directory> directory)
    : pool_(std::move(pool)),
      directory_(std::move(directory)),
      admin_(std::move(admin)) {}

void offset_inquirer::ask(offsets_question question, clock::time_point deadline,
                          answer done) {
  const auto work = std::make_shared<job>();
  work->question = std::move(question);
  work->deadline = deadline;
  work->done = std::move(done);
  bool refused = false;
  {
    std::lock_guard<std::mutex> guard(mutex_);
    refused = stopped_;
    work->number = ++numbers_;
    if (!refused) {
      jobs_[work->number] = work;
      work->expiry = pool_->run_at(
          deadline, [self = shared_from_this(), work] { self->expire(work); });
    }
  }
  if (refused) {
    work->done({std::nullopt, shutting_down(what)});
    return;
  }
  begin(work);
}

void offset_inquirer::begin(const job_ptr& work) {
  work->found = {};
  directory_->ask(work->deadline, [self = shared_from_this(),
                                   work](const result<topic_view>& view) {
    self->on_view(work, view);
  });
}

void offset_inquirer::on_view(const job_ptr& work,
                              const result<topic_view>& view) {
  if (!view) {
    finish(work, {std::nullopt, view.error});
    return;
  }
  work->found.missing = missing_topics(*view.value, work->question.topics);
  if (!work->found.missing.empty()) {
    finish(work, {work->found, {}});
    return;
  }
  for (const std::string& topic : work->question.topics)
    for (std::int32_t p = 0; p < view.value->table->partitions.at(topic); ++p)
      work->found.partitions.push_back({{topic, p}, 0, 0, {}, {}});
  std::sort(work->found.partitions.begin(), work->found.partitions.end(),
            [](const auto& a, const auto& b) { return a.at < b.at; });
  if (work->found.partitions.empty())
    finish(work, {work->found, {}});
  else if (work->question.group.empty())
    queue(work);
  else
    ask_group(work);
}

/// The answer comes to `on_result`, also when there is none.
void offset_inquirer::ask_group(const job_ptr& work) {
  const std::shared_ptr<rd_kafka_t> admin = client();
  if (!admin)
    return;  // It was answered.
  std::vector<position> all;
  for (const partition_offsets& one : work->found.partitions)
    all.push_back({one.at, RD_KAFKA_OFFSET_INVALID});
  const group_offsets_handle of(rd_kafka_ListConsumerGroupOffsets_new(
      work->question.group.c_str(), to_list(all).get()));
  const admin_options_handle options(rd_kafka_AdminOptions_new(
      admin.get(), RD_KAFKA_ADMIN_OP_LISTCONSUMERGROUPOFFSETS));
  std::array<char, 512> why{};
  const auto left =
      std::chrono::duration_cast<milliseconds>(work->deadline - clock::now());
  rd_kafka_AdminOptions_set_request_timeout(
      options.get(),
      static_cast<int>(
          std::clamp<milliseconds::rep>(left.count(), 1, 3'600'000)),
      why.data(), why.size());
  rd_kafka_AdminOptions_set_opaque(options.get(),
                                   reinterpret_cast<void*>(work->number));
  const queue_handle results(rd_kafka_queue_get_main(admin.get()));
  rd_kafka_ListConsumerGroupOffsets_t* one = of.get();
  rd_kafka_ListConsumerGroupOffsets(admin.get(), &one, 1, options.get(),
                                    results.get());
}

void offset_inquirer::on_result(rd_kafka_event_t* event) {
  job_ptr work;
  {
    std::lock_guard<std::mutex> guard(mutex_);
    const auto found = jobs_.find(
        reinterpret_cast<std::uint64_t>(rd_kafka_event_opaque(event)));
    if (found == jobs_.end())
      return;  // Its deadline was sooner.
    work = found->second;
  }
  std::optional<failure> why;
  std::size_t count = 0;
  if (const int error = rd_kafka_event_error(event)) {
    why = to_failure(error, of_group(work->question.group));
  } else if (const rd_kafka_group_result_t** groups =
                 rd_kafka_ListConsumerGroupOffsets_result_groups(
                     rd_kafka_event_ListConsumerGroupOffsets_result(event),
                     &count);
             count == 1) {
    if (const rd_kafka_error_t* refused = rd_kafka_group_result_error(*groups))
      why = to_failure(rd_kafka_error_code(refused),
                       of_group(work->question.group));
    else
      why = work->take_commits(*rd_kafka_group_result_partitions(*groups));
  }
  if (why)
    fail(work, *why);
  else
    queue(work);
}

/// What can be tried again is, from the topic list on: the topic may be gone.
void offset_inquirer::fail(const job_ptr& work, const failure& why) {
  const auto next = clock::now() + pause_after_failure;
  if (!why.retriable || next >= work->deadline) {
    finish(work, {std::nullopt, why});
    return;
  }
  std::lock_guard<std::mutex> guard(mutex_);
  work->last = why;
  if (jobs_.count(work->number) > 0)
    pool_->run_at(next,
                  [self = shared_from_this(), work] { self->begin(work); });
}

void offset_inquirer::expire(const job_ptr& work) {
  failure last;
  {
    std::lock_guard<std::mutex> guard(mutex_);
    last = work->last;
  }
  finish(work, {std::nullopt, last});
}

void offset_inquirer::queue(const job_ptr& work) {
  {
    std::lock_guard<std::mutex> guard(mutex_);
    ready_.push_back(work);
    if (std::exchange(serving_, true))
      return;
  }
  pool_->run([self = shared_from_this()] { self->serve(); });
}

/// One question; the next one has its turn behind what others have for the
/// workers.
void offset_inquirer::serve() {
  job_ptr work;
  std::shared_ptr<rd_kafka_t> admin;
  {
    std::lock_guard<std::mutex> guard(mutex_);
    admin = admin_;
    // Those whose deadline came meanwhile are answered.
    while (!ready_.empty() && !work) {
      if (jobs_.count(ready_.front()->number) > 0)
        work = ready_.front();
      ready_.pop_front();
    }
    serving_ = work && admin;
  }
  if (!work || !admin)
    return;
  if (const auto found = work->look_up_all(admin.get()))
    finish(work, found);
  else
    fail(work, found.error);
  pool_->run([self = shared_from_this()] { self->serve(); });
}

void offset_inquirer::finish(const job_ptr& work,
                             const result<topic_offsets>& with) {
  {
    std::lock_guard<std::mutex> guard(mutex_);
    if (jobs_.erase(work->number) == 0)
      return;
  }
  pool_->cancel(work->expiry);
  work->done(with);
}

std::shared_ptr<rd_kafka_t> offset_inquirer::client() {
  std::lock_guard<std::mutex> guard(mutex_);
  return admin_;
}

void offset_inquirer::stop() {
  std::map<std::uint64_t, job_ptr> left;
  {
    std::lock_guard<std::mutex> guard(mutex_);
    stopped_ = true;
    admin_.reset();
    ready_.clear();
    left.swap(jobs_);
  }
  for (const auto& [number, work] : left) {
    pool_->cancel(work->expiry);
    work->done({std::nullopt, shutting_down(what)});
  }
}

}  // namespace wskafka::kafka
