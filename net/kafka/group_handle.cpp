#include "net/kafka/group_handle.hpp"

#include "net/kafka/error.hpp"
#include "net/kafka/offset_lookup.hpp"
#include "net/kafka/start_finder.hpp"

#include <algorithm>
#include <utility>

namespace wskafka::kafka {

using std::chrono::milliseconds;

group_handle::group_handle(surroundings around,
                           std::shared_ptr<consumer_client> client,
                           std::shared_ptr<group_listener> events,
                           std::function<void()> ended)
    : around_(std::move(around)),
      events_(std::move(events)),
      ended_(std::move(ended)),
      client_(std::move(client)),
      pacer_(around_.login) {}

void group_handle::start() {
  post([](group_handle& self) {
    self.table_version_ = self.around_.directory->version();
    self.queue_ = std::make_unique<queue_reader>(
        queue_handle(rd_kafka_queue_get_consumer(self.raw())),
        [&self] { self.around_.by->mark(self.shared_from_this()); });
    self.around_.by->add(self.shared_from_this());
  });
}

/// Carried out unless the client is gone already.
void group_handle::post(std::function<void(group_handle&)> command) {
  around_.by->post([self = shared_from_this(), command = std::move(command)] {
    if (self->client_)
      command(*self);
  });
}

void group_handle::subscribe(std::vector<std::string> topics) {
  post([topics = std::move(topics)](group_handle& self) {
    if (!self.closing_)
      self.do_subscribe(topics);
  });
}

void group_handle::assign(std::vector<position> starts, std::uint32_t epoch) {
  post([starts = std::move(starts), epoch](group_handle& self) {
    self.do_assign(starts, epoch);
  });
}

void group_handle::unassign() {
  post([](group_handle& self) { self.do_unassign(); });
}

void group_handle::give(topic_partition at, std::shared_ptr<net::account> owner,
                        std::uint32_t owner_epoch) {
  post([at = std::move(at), owner = std::move(owner), owner_epoch](
           group_handle& self) { self.do_give(at, owner, owner_epoch); });
}

void group_handle::seek(topic_partition at, std::int64_t offset,
                        std::uint32_t epoch) {
  post([at = std::move(at), offset, epoch](group_handle& self) {
    const auto found = self.partitions_.find(at);
    if (found != self.partitions_.end())
      found->second->seek(offset, epoch);
  });
}

void group_handle::commit(std::uint64_t id, std::vector<position> positions) {
  post([id, positions = std::move(positions)](group_handle& self) {
    self.do_commit(id, positions);
  });
}

void group_handle::close(clock::time_point deadline) {
  post([deadline](group_handle& self) { self.do_close(deadline); });
}

void group_handle::find_starts(
    std::vector<start_question> questions, milliseconds timeout,
    std::function<void(std::vector<start_answer>)> done) {
  std::make_shared<start_finder>(std::move(questions), clock::now() + timeout,
                                 std::move(done), around_.gate)
      ->begin(around_.workers, [weak = weak_from_this()] {
        const auto self = weak.lock();
        const auto client = self ? self->shared_client() : nullptr;
        return client ? std::shared_ptr<rd_kafka_t>(client, client->get())
                      : nullptr;
      });
}

std::shared_ptr<consumer_client> group_handle::shared_client() const {
  std::lock_guard<std::mutex> guard(shared_mutex_);
  return client_;
}

std::vector<position> group_handle::ends() const {
  std::lock_guard<std::mutex> guard(shared_mutex_);
  return client_ ? known_ends(raw(), assigned_) : std::vector<position>{};
}

void group_handle::do_subscribe(const std::vector<std::string>& topics) {
  rd_kafka_resp_err_t error = RD_KAFKA_RESP_ERR_NO_ERROR;
  if (topics.empty()) {
    error = rd_kafka_unsubscribe(raw());
  } else {
    const partition_list list(
        rd_kafka_topic_partition_list_new(static_cast<int>(topics.size())));
    for (const std::string& topic : topics)
      rd_kafka_topic_partition_list_add(list.get(), topic.c_str(),
                                        RD_KAFKA_PARTITION_UA);
    joined_ = true;
    error = rd_kafka_subscribe(raw(), list.get());
  }
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR)
    fail(to_failure(error, "cannot change the group's subscription"));
}

void group_handle::do_assign(const std::vector<position>& starts,
                             std::uint32_t epoch) {
  // A later rebalance has made this answer void.
  if (answer_ != expected::assign)
    return;
  answer_until_ = clock::time_point::max();
  lost_.clear();
  auto old = std::exchange(partitions_, {});
  for (const position& start : starts) {
    missing_.erase(start.at.topic);
    auto& queue = partitions_[start.at];
    const auto kept = old.find(start.at);
    if (kept != old.end()) {
      queue = kept->second;
      old.erase(kept);
    } else {
      queue = std::make_shared<partition_queue>(start.at, around_.bounds, *this,
                                                *around_.by);
      queue->attach(*client_);
    }
    queue->begin_epoch(epoch);
    queue->give(nullptr, 0);
  }
  const partition_list list = to_list(starts);
  const rd_kafka_resp_err_t error = rd_kafka_assign(raw(), list.get());
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR)
    fail(to_failure(error, "cannot take over assigned partitions"));
  for (const auto& [at, queue] : old)
    queue->detach();
  publish_partitions();
}

void group_handle::do_unassign() {
  if (answer_ != expected::unassign)
    return;
  drop_partitions();
}

/// Gives up all partitions; that also answers a rebalance, of either kind.
void group_handle::drop_partitions() {
  answer_ = expected::nothing;
  answer_until_ = clock::time_point::max();
  lost_.clear();
  rd_kafka_assign(raw(), nullptr);
  // A poll begun now yields nothing of the old assignment any more.
  for (const auto& [at, queue] : partitions_)
    queue->detach();
  partitions_.clear();
  publish_partitions();
}

void group_handle::publish_partitions() {
  client_->prefetch().resize(partitions_.size());
  std::lock_guard<std::mutex> guard(shared_mutex_);
  assigned_.clear();
  for (const auto& [at, queue] : partitions_)
    assigned_.push_back(at);
}

void group_handle::do_give(const topic_partition& at,
                           std::shared_ptr<net::account> owner,
                           std::uint32_t owner_epoch) {
  const auto found = partitions_.find(at);
  if (found == partitions_.end())
    return;
  // Each time: the account may have belonged to another group meanwhile, whose
  // hook then stands there. Ours is harmless where nobody waits any more.
  if (owner)
    owner->on_low(net::gate::deliver, [weak = weak_from_this()] {
      if (const auto self = weak.lock()) {
        self->credit_back_ = true;
        self->around_.by->mark(self);
      }
    });
  found->second->give(std::move(owner), owner_epoch);
}

void group_handle::do_commit(std::uint64_t id,
                             std::vector<position> positions) {
  if (positions.empty()) {
    emit(committed{id, {}, std::nullopt});
    return;
  }
  const partition_list list = to_list(positions);
  commits_[id] = std::move(positions);
  // Through a queue: without a coordinator the plain call would block.
  const rd_kafka_resp_err_t error = rd_kafka_commit_queue(
      raw(), list.get(), queue_->get(), nullptr, reinterpret_cast<void*>(id));
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR)
    emit(committed{id, std::move(commits_.extract(id).mapped()),
                   to_failure(error, "cannot commit offsets")});
}

void group_handle::do_close(clock::time_point deadline) {
  const clock::time_point now = clock::now();
  if (std::exchange(closing_, true)) {
    deadline_ = std::min(deadline_, deadline);
  } else {
    deadline_ = deadline;
    drop_partitions();
  }
  // The other half is for leaving the group.
  commits_until_ = now + std::max(deadline_ - now, clock::duration{}) / 2;
  hand_over(now);
}

/// To the closer, once the outstanding commits are in or cannot come any more.
void group_handle::hand_over(clock::time_point now) {
  if (!commits_.empty() && now < commits_until_ && around_.watch->up()) {
    around_.by->due(commits_until_);
    return;
  }
  for (auto& [id, positions] : commits_)
    emit(committed{id, std::move(positions),
                   timed_out("cannot commit offsets before leaving")});
  commits_.clear();
  queue_.reset();
  closing leaver{nullptr, deadline_, joined_,
                 [events = events_, ended = ended_](bool given_up) {
                   events->on_event(consumer_closed{given_up});
                   ended();
                 }};
  {
    std::lock_guard<std::mutex> guard(shared_mutex_);
    leaver.client = std::move(client_);
    client_ = nullptr;
  }
  around_.by->remove(this);
  around_.leavers.take(std::move(leaver));
}

}  // namespace wskafka::kafka
