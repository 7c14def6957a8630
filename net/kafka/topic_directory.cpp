#include "net/kafka/topic_directory.hpp"

#include "net/kafka/error.hpp"

#include <algorithm>
#include <utility>

namespace wskafka::kafka {
namespace {

using std::chrono::milliseconds;

const char* const what = "cannot read the list of topics";

/// How long a worker is given to one call: what waits behind it must not wait
/// for the whole deadline of somebody else's question.
constexpr milliseconds longest_call{5000};

constexpr milliseconds pause_after_failure{50};
constexpr milliseconds refresh_when_down{1000};
constexpr milliseconds suspicion_timeout{2000};

/// Who has not answered for so long is unreachable. A question may have waited
/// for a worker, and leave less.
constexpr milliseconds long_enough{1500};

int left_until(topic_directory::clock::time_point deadline) {
  const auto left = std::chrono::duration_cast<milliseconds>(
      deadline - topic_directory::clock::now());
  return static_cast<int>(
      std::clamp(left, milliseconds(1), longest_call).count());
}

}  // namespace

topic_directory::topic_directory(std::shared_ptr<rd_kafka_t> admin,
                                 std::shared_ptr<worker_pool> pool,
                                 std::shared_ptr<broker_watch> watch,
                                 find_producer producer)
    : pool_(std::move(pool)),
      watch_(std::move(watch)),
      producer_(std::move(producer)),
      admin_(std::move(admin)),
      table_(std::make_shared<topic_table>()) {}

std::shared_ptr<const topic_table> topic_directory::table() const {
  std::lock_guard<std::mutex> guard(mutex_);
  return table_;
}

void topic_directory::ask(clock::time_point deadline, answer done) {
  bool call_now = false;
  bool refused = false;
  {
    std::lock_guard<std::mutex> guard(mutex_);
    refused = stopped_;
    if (!refused) {
      const std::uint64_t number = ++numbers_;
      question& q = waiting_[number];
      q.deadline = deadline;
      q.done = std::move(done);
      q.last = timed_out(what);
      q.expiry = pool_->run_at(deadline, [self = shared_from_this(), number] {
        self->expire(number);
      });
      call_now = !std::exchange(scheduled_, true);
    }
  }
  if (refused)
    done({std::nullopt, shutting_down(what)});
  if (call_now)
    pool_->run([self = shared_from_this()] { self->call(); });
}

/// One call for all that wait; what may still wait when it failed is asked
/// again.
void topic_directory::call() {
  clock::time_point soonest = clock::time_point::max();
  std::shared_ptr<rd_kafka_t> admin;
  {
    std::lock_guard<std::mutex> guard(mutex_);
    if (stopped_)
      return;
    admin = admin_;
    asked_.swap(waiting_);
    for (const auto& [number, q] : asked_)
      soonest = std::min(soonest, q.deadline);
  }
  const result<topic_view> view =
      fetch(admin.get(), milliseconds(left_until(soonest)));
  questions answered;
  bool again = false;
  {
    std::lock_guard<std::mutex> guard(mutex_);
    if (view) {
      answered.swap(asked_);
    } else {
      for (auto& [number, q] : asked_)
        q.last = view.error;
      waiting_.merge(asked_);
    }
    again = !waiting_.empty() && !stopped_;
    scheduled_ = again;
  }
  while (!answered.empty())
    finish(answered.extract(answered.begin()), view);
  if (!again)
    return;
  const auto next = [self = shared_from_this()] { self->call(); };
  if (view)
    pool_->run(next);
  else
    // Some failures come at once.
    pool_->run_at(clock::now() + pause_after_failure,
                  [pool = pool_, next] { pool->run(next); });
}

void topic_directory::finish(questions::node_type one,
                             const result<topic_view>& with) {
  pool_->cancel(one.mapped().expiry);
  one.mapped().done(with);
}

void topic_directory::expire(std::uint64_t number) {
  questions::node_type late;
  {
    std::lock_guard<std::mutex> guard(mutex_);
    late = waiting_.extract(number);
    if (late.empty())
      late = asked_.extract(number);
  }
  if (!late.empty())
    late.mapped().done({std::nullopt, late.mapped().last});
}

result<topic_view> topic_directory::fetch(rd_kafka_t* admin,
                                          milliseconds timeout) {
  const rd_kafka_metadata_t* raw = nullptr;
  const rd_kafka_resp_err_t error = rd_kafka_metadata(
      admin, 1, nullptr, &raw, static_cast<int>(timeout.count()));
  metadata_handle list(raw);
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
    failure why = to_failure(error, what);
    if (is_unreachable(error) && timeout >= long_enough)
      watch_->unreachable(why.message);
    return {std::nullopt, std::move(why)};
  }
  watch_->answered();
  topic_table fresh;
  std::set<std::string> leaderless;
  for (int i = 0; i < list->topic_cnt; ++i) {
    const rd_kafka_metadata_topic& topic = list->topics[i];
    if (topic.partition_cnt == 0)
      continue;
    fresh.partitions.emplace(topic.topic, topic.partition_cnt);
    const rd_kafka_metadata_partition_t* begin = topic.partitions;
    if (std::any_of(begin, begin + topic.partition_cnt,
                    [](const auto& p) { return p.leader < 0; }))
      leaderless.insert(topic.topic);
  }
  prepare_producer(fresh);
  topic_view view = publish(std::move(fresh), std::move(leaderless));
  view.answer = std::move(list);
  return {std::move(view), {}};
}

/// The producer's own client learns of partitions at its next refresh, and
/// refuses records for those that it does not know.
void topic_directory::prepare_producer(const topic_table& fresh) {
  if (!producer_)
    return;
  const auto known = table();
  std::vector<std::string> larger;
  for (const auto& [topic, count] : fresh.partitions) {
    const auto before = known->partitions.find(topic);
    if (before == known->partitions.end() || before->second < count)
      larger.push_back(topic);
  }
  if (!larger.empty())
    look_again(producer_(larger), clock::now() + suspicion_timeout);
}

topic_view topic_directory::publish(topic_table fresh,
                                    std::set<std::string> leaderless) {
  std::lock_guard<std::mutex> guard(mutex_);
  if (fresh.partitions != table_->partitions || table_->version == 0) {
    fresh.version = table_->version + 1;
    for (const auto& [topic, count] : fresh.partitions) {
      const auto known = table_->since.find(topic);
      fresh.since[topic] =
          known == table_->since.end() ? fresh.version : known->second;
    }
    table_ = std::make_shared<const topic_table>(std::move(fresh));
    version_.store(table_->version);
  }
  return {table_, std::move(leaderless), nullptr};
}

void topic_directory::created_anew(const std::string& topic,
                                   std::uint64_t before) {
  std::lock_guard<std::mutex> guard(mutex_);
  const auto there = table_->since.find(topic);
  if (there == table_->since.end() || there->second > before)
    return;
  auto fresh = std::make_shared<topic_table>(*table_);
  ++fresh->version;
  fresh->since[topic] = fresh->version;
  table_ = std::move(fresh);
  version_.store(table_->version);
}

void topic_directory::refresh_every(milliseconds every) {
  ask(clock::now() + longest_call,
      [self = shared_from_this(), every](const result<topic_view>& view) {
        const auto next = view ? every : std::min(every, refresh_when_down);
        self->pool_->run_at(clock::now() + next,
                            [self, every] { self->refresh_every(every); });
      });
}

void topic_directory::suspect() {
  {
    std::lock_guard<std::mutex> guard(mutex_);
    if (std::exchange(suspecting_, true))
      return;
  }
  ask(clock::now() + suspicion_timeout,
      [self = shared_from_this()](const result<topic_view>&) {
        std::lock_guard<std::mutex> guard(self->mutex_);
        self->suspecting_ = false;
      });
}

void topic_directory::stop() {
  questions left;
  {
    std::lock_guard<std::mutex> guard(mutex_);
    stopped_ = true;
    admin_.reset();
    left.merge(waiting_);
    left.merge(asked_);
  }
  while (!left.empty())
    finish(left.extract(left.begin()), {std::nullopt, shutting_down(what)});
}

}  // namespace wskafka::kafka
