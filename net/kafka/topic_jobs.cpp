#include "net/kafka/topic_jobs.hpp"

#include "net/kafka/error.hpp"

#include <algorithm>
#include <utility>

namespace wskafka::kafka {
namespace {

using std::chrono::milliseconds;

/// How often the list is looked at.
constexpr milliseconds list_poll{20};
constexpr milliseconds longest_list_poll{5000};

}  // namespace

/// One call; its mutex guards all that changes.
struct topic_jobs::job {
  std::uint64_t number = 0;
  std::vector<std::string> names;
  std::uint64_t table_before = 0;
  clock::time_point deadline;
  answer done;
  looker look;
  worker_pool::timer expiry;

  std::mutex mutex;
  std::map<std::string, failure> failed;
  /// The cluster did it, and the list does not show it yet.
  std::set<std::string> unseen;
  /// Of those that failed: no failures if the list shows them.
  std::set<std::string> doubtful;
  std::vector<std::string> changed;
  std::set<std::string> ready;
  bool finished = false;
};

topic_jobs::topic_jobs(std::shared_ptr<rd_kafka_t> admin,
                       std::shared_ptr<worker_pool> pool,
                       std::shared_ptr<topic_directory> directory,
                       std::string what, step last)
    : pool_(std::move(pool)),
      directory_(std::move(directory)),
      what_(std::move(what)),
      last_(std::move(last)),
      admin_(std::move(admin)) {}

topic_jobs::begun topic_jobs::begin(const std::vector<std::string>& names,
                                    clock::time_point deadline, answer done,
                                    looker look) {
  const auto work = std::make_shared<job>();
  work->names = names;
  work->table_before = directory_->version();
  work->deadline = deadline;
  work->done = std::move(done);
  work->look = std::move(look);
  {
    std::lock_guard<std::mutex> guard(mutex_);
    if (!stopped_) {
      work->number = ++numbers_;
      jobs_[work->number] = work;
      work->expiry = pool_->run_at(deadline, [self = shared_from_this(), work] {
        self->finish(work, timed_out(self->what_));
      });
      return {work, admin_};
    }
  }
  finish(work, shutting_down(what_));
  return {};
}

std::uint64_t topic_jobs::number(const job& work) {
  return work.number;
}

std::uint64_t topic_jobs::table_before(const job& work) {
  return work.table_before;
}

topic_jobs::job_ptr topic_jobs::find(std::uint64_t number) {
  std::lock_guard<std::mutex> guard(mutex_);
  const auto found = jobs_.find(number);
  return found == jobs_.end() ? nullptr : found->second;
}

const std::vector<std::string>& topic_jobs::names(const job& work) {
  return work.names;
}

int topic_jobs::time_left(const job& work) {
  const auto left =
      std::chrono::duration_cast<milliseconds>(work.deadline - clock::now());
  return static_cast<int>(
      std::clamp<milliseconds::rep>(left.count(), 1, 3'600'000));
}

void topic_jobs::fail(job& work, const std::string& topic, failure why) {
  std::lock_guard<std::mutex> guard(work.mutex);
  work.failed.emplace(topic, std::move(why));
}

void topic_jobs::succeed(job& work, const std::string& topic, bool changed) {
  std::lock_guard<std::mutex> guard(work.mutex);
  work.unseen.insert(topic);
  if (changed)
    work.changed.push_back(topic);
}

void topic_jobs::fail_if_missing(job& work, const std::string& topic,
                                 failure why) {
  std::lock_guard<std::mutex> guard(work.mutex);
  work.failed.emplace(topic, std::move(why));
  work.doubtful.insert(topic);
}

void topic_jobs::await_list(const job_ptr& work) {
  bool done = false;
  {
    std::lock_guard<std::mutex> guard(work->mutex);
    if (work->finished)
      return;
    done = work->unseen.empty() && work->doubtful.empty();
  }
  if (done)
    finish(work, {});
  else
    directory_->ask(
        std::min(work->deadline, clock::now() + longest_list_poll),
        [self = shared_from_this(), work](const result<topic_view>& view) {
          self->on_view(work, view);
        });
}

void topic_jobs::on_view(const job_ptr& work, const result<topic_view>& view) {
  bool again = true;
  std::vector<std::string> changed;
  if (view) {
    std::lock_guard<std::mutex> guard(work->mutex);
    for (const std::string& topic : std::exchange(work->doubtful, {}))
      if (view.value->table->partitions.count(topic) > 0) {
        work->failed.erase(topic);
        work->unseen.insert(topic);
      }
    for (auto topic = work->unseen.begin(); topic != work->unseen.end();) {
      seen now = work->look(*view.value, *topic);
      if (now.error)
        work->failed.emplace(*topic, std::move(*now.error));
      else if (now.done)
        work->ready.insert(*topic);
      topic =
          now.done || now.error ? work->unseen.erase(topic) : std::next(topic);
    }
    again = !work->unseen.empty() && !work->finished;
    changed = work->changed;
  }
  if (again)
    pool_->run_at(clock::now() + list_poll, [self = shared_from_this(), work] {
      self->await_list(work);
    });
  else if (last_ && !changed.empty())
    pool_->run([self = shared_from_this(), work, changed] {
      self->last_(changed, work->deadline);
      self->finish(work, {});
    });
  else
    finish(work, {});
}

void topic_jobs::finish(const job_ptr& work, const failure& for_the_rest) {
  std::vector<create_outcome> outcomes;
  {
    std::lock_guard<std::mutex> guard(work->mutex);
    if (std::exchange(work->finished, true))
      return;
    for (const std::string& topic : work->names) {
      create_outcome outcome{topic, std::nullopt};
      const auto failed = work->failed.find(topic);
      if (failed != work->failed.end())
        outcome.error = failed->second;
      else if (work->ready.count(topic) == 0)
        outcome.error = for_the_rest;
      outcomes.push_back(std::move(outcome));
    }
  }
  {
    std::lock_guard<std::mutex> guard(mutex_);
    jobs_.erase(work->number);
  }
  pool_->cancel(work->expiry);
  work->done(std::move(outcomes));
}

void topic_jobs::stop() {
  std::map<std::uint64_t, job_ptr> left;
  {
    std::lock_guard<std::mutex> guard(mutex_);
    stopped_ = true;
    admin_.reset();
    left.swap(jobs_);
  }
  for (const auto& [number, work] : left)
    finish(work, shutting_down(what_));
}

}  // namespace wskafka::kafka
