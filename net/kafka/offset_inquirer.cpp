#include "net/kafka/offset_inquirer.hpp"

#include "net/kafka/error.hpp"
#include "net/kafka/offset_lookup.hpp"
#include "net/kafka/topic_details.hpp"

#include <algorithm>
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
  /// What the group has committed; the failure when that is not known. On a
  /// worker: blocks.
  std::optional<failure> read_commits(rd_kafka_t* client);
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

std::optional<failure> offset_inquirer::job::read_commits(rd_kafka_t* client) {
  std::vector<position> all;
  for (const partition_offsets& one : found.partitions)
    all.push_back({one.at, RD_KAFKA_OFFSET_INVALID});
  const partition_list commits = to_list(all);
  if (const int error =
          rd_kafka_committed(client, commits.get(), left_until(deadline)))
    return to_failure(error, of_group(question.group));
  for (int i = 0; i < commits->cnt; ++i) {
    const rd_kafka_topic_partition_t& one = commits->elems[i];
    if (one.err != RD_KAFKA_RESP_ERR_NO_ERROR)
      return to_failure(one.err, of_group(question.group));
    // In the order of `all`.
    if (one.offset >= 0)
      found.partitions[static_cast<std::size_t>(i)].committed = one.offset;
  }
  return std::nullopt;
}

offset_inquirer::offset_inquirer(std::shared_ptr<rd_kafka_t> admin,
                                 std::shared_ptr<worker_pool> pool,
                                 std::shared_ptr<topic_directory> directory,
                                 consumer_maker make_consumer)
    : pool_(std::move(pool)),
      directory_(std::move(directory)),
      make_consumer_(std::move(make_consumer)),
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
  const std::string& group = work->question.group;
  std::optional<failure> why;
  if (!group.empty()) {
    const auto consumer = make_consumer_(group);
    why = consumer ? work->read_commits(consumer.get())
                   : own_failure("INTERNAL", of_group(group));
  }
  if (why)
    fail(work, *why);
  else if (const auto found = work->look_up_all(admin.get()))
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
