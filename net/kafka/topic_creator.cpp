#include "net/kafka/topic_creator.hpp"

#include "net/kafka/error.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace wskafka::kafka {
namespace {

using std::chrono::milliseconds;

/// How often a new topic's leaders are looked for.
constexpr milliseconds leader_poll{20};
constexpr milliseconds longest_leader_poll{5000};

std::string what(const std::string& topic) {
  return "cannot create topic \"" + topic + '"';
}

}  // namespace

/// One call of `create`; its mutex guards all that changes.
struct topic_creator::job {
  /// What librdkafka gives back with its answer.
  std::uint64_t number = 0;
  std::vector<std::string> names;
  clock::time_point deadline;
  answer done;
  worker_pool::timer expiry;

  std::mutex mutex;
  std::map<std::string, failure> failed;
  /// Created or found, but not seen with all its leaders yet.
  std::set<std::string> leaderless;
  std::set<std::string> ready;
  bool finished = false;
};

topic_creator::topic_creator(std::shared_ptr<rd_kafka_t> admin,
                             std::shared_ptr<worker_pool> pool,
                             std::shared_ptr<topic_directory> directory,
                             std::shared_ptr<embedded_broker> embedded,
                             int partitions)
    : pool_(std::move(pool)),
      directory_(std::move(directory)),
      embedded_(std::move(embedded)),
      partitions_(partitions),
      admin_(std::move(admin)) {}

void topic_creator::create(const std::vector<std::string>& names,
                           clock::time_point deadline, answer done) {
  const auto work = std::make_shared<job>();
  work->names = names;
  work->deadline = deadline;
  work->done = std::move(done);
  bool refused = false;
  std::shared_ptr<rd_kafka_t> admin;
  {
    std::lock_guard<std::mutex> guard(mutex_);
    refused = stopped_;
    admin = admin_;
    if (!refused) {
      work->number = ++numbers_;
      jobs_[work->number] = work;
      work->expiry = pool_->run_at(deadline, [self = shared_from_this(), work] {
        self->finish(work, timed_out("cannot create topics"));
      });
    }
  }
  if (refused)
    finish(work, shutting_down("cannot create topics"));
  else if (embedded_)
    pool_->run(
        [self = shared_from_this(), work] { self->create_embedded(work); });
  else
    request(admin.get(), work);
}

void topic_creator::create_embedded(const job_ptr& work) {
  for (const std::string& topic :
       std::set<std::string>(work->names.begin(), work->names.end()))
    settle(*work, topic, embedded_->create_topic(topic, partitions_));
  await_leaders(work);
}

/// Asks the cluster; the answer comes to `on_result`, also when there is none.
void topic_creator::request(rd_kafka_t* admin, const job_ptr& work) {
  constexpr int brokers_default = -1;
  std::array<char, 512> why{};
  std::vector<new_topic_handle> topics;
  for (const std::string& topic :
       std::set<std::string>(work->names.begin(), work->names.end())) {
    new_topic_handle one(rd_kafka_NewTopic_new(topic.c_str(), brokers_default,
                                               brokers_default, why.data(),
                                               why.size()));
    if (one)
      topics.push_back(std::move(one));
    else
      settle(*work, topic, RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION);
  }
  if (topics.empty()) {
    await_leaders(work);
    return;
  }
  admin_options_handle options(
      rd_kafka_AdminOptions_new(admin, RD_KAFKA_ADMIN_OP_CREATETOPICS));
  const auto left =
      std::chrono::duration_cast<milliseconds>(work->deadline - clock::now());
  const int timeout = static_cast<int>(
      std::clamp<milliseconds::rep>(left.count(), 1, 3'600'000));
  rd_kafka_AdminOptions_set_request_timeout(options.get(), timeout, why.data(),
                                            why.size());
  rd_kafka_AdminOptions_set_opaque(options.get(),
                                   reinterpret_cast<void*>(work->number));
  std::vector<rd_kafka_NewTopic_t*> list;
  for (const new_topic_handle& one : topics)
    list.push_back(one.get());
  const queue_handle results(rd_kafka_queue_get_main(admin));
  rd_kafka_CreateTopics(admin, list.data(), list.size(), options.get(),
                        results.get());
}

void topic_creator::on_result(rd_kafka_event_t* event) {
  job_ptr work;
  {
    std::lock_guard<std::mutex> guard(mutex_);
    const auto found = jobs_.find(
        reinterpret_cast<std::uint64_t>(rd_kafka_event_opaque(event)));
    if (found == jobs_.end())
      return;  // Its deadline was sooner.
    work = found->second;
  }
  const rd_kafka_resp_err_t error = rd_kafka_event_error(event);
  std::size_t count = 0;
  const rd_kafka_topic_result_t** topics = nullptr;
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR)
    topics = rd_kafka_CreateTopics_result_topics(
        rd_kafka_event_CreateTopics_result(event), &count);
  else
    for (const std::string& topic : work->names)
      settle(*work, topic, error);
  for (std::size_t i = 0; i < count; ++i)
    settle(*work, rd_kafka_topic_result_name(topics[i]),
           rd_kafka_topic_result_error(topics[i]));
  await_leaders(work);
}

void topic_creator::settle(job& work, const std::string& topic, int error) {
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR)
    directory_->created_anew(topic);
  std::lock_guard<std::mutex> guard(work.mutex);
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR ||
      error == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS)
    work.leaderless.insert(topic);
  else
    work.failed.emplace(topic, to_failure(error, what(topic)));
}

void topic_creator::await_leaders(const job_ptr& work) {
  bool done = false;
  {
    std::lock_guard<std::mutex> guard(work->mutex);
    if (work->finished)
      return;
    done = work->leaderless.empty();
  }
  if (done)
    finish(work, {});
  else
    directory_->ask(
        std::min(work->deadline, clock::now() + longest_leader_poll),
        [self = shared_from_this(), work](const result<topic_view>& view) {
          self->on_view(work, view);
        });
}

void topic_creator::on_view(const job_ptr& work,
                            const result<topic_view>& view) {
  bool again = true;
  if (view) {
    std::lock_guard<std::mutex> guard(work->mutex);
    for (auto topic = work->leaderless.begin();
         topic != work->leaderless.end();) {
      const bool ready = view.value->table->partitions.count(*topic) > 0 &&
                         view.value->leaderless.count(*topic) == 0;
      if (ready)
        work->ready.insert(*topic);
      topic = ready ? work->leaderless.erase(topic) : std::next(topic);
    }
    again = !work->leaderless.empty() && !work->finished;
  }
  if (again)
    pool_->run_at(
        clock::now() + leader_poll,
        [self = shared_from_this(), work] { self->await_leaders(work); });
  else
    finish(work, {});
}

void topic_creator::finish(const job_ptr& work, const failure& for_the_rest) {
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

void topic_creator::stop() {
  std::map<std::uint64_t, job_ptr> left;
  {
    std::lock_guard<std::mutex> guard(mutex_);
    stopped_ = true;
    admin_.reset();
    left.swap(jobs_);
  }
  for (const auto& [number, work] : left)
    finish(work, shutting_down("cannot create topics"));
}

}  // namespace wskafka::kafka
