#include "net/kafka/tail_handle.hpp"

#include "net/kafka/error.hpp"
#include "net/kafka/offset_lookup.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace wskafka::kafka {
namespace {

using std::chrono::milliseconds;

/// How often the client's own queue and the list of topics are looked at.
constexpr milliseconds sweep{250};

/// How long the list is asked for when a topic may have gone.
constexpr milliseconds list_timeout{5000};

constexpr int events_per_turn = 256;

}  // namespace

tail_handle::tail_handle(surroundings around,
                         std::shared_ptr<tail_listener> events,
                         std::shared_ptr<net::account> payer,
                         std::function<void()> ended)
    : around_(std::move(around)),
      events_(std::move(events)),
      payer_(std::move(payer)),
      ended_(std::move(ended)),
      pacer_(around_.login) {}

/// Carried out unless the reader is closed already.
void tail_handle::post(std::function<void(tail_handle&)> command) {
  around_.by->post([self = shared_from_this(), command = std::move(command)] {
    if (!self->closing_)
      command(*self);
  });
}

void tail_handle::begin(std::string topic, std::uint32_t epoch,
                        milliseconds timeout) {
  post([topic = std::move(topic), epoch, deadline = clock::now() + timeout](
           tail_handle& self) { self.do_begin(topic, epoch, deadline); });
}

void tail_handle::end(std::string topic) {
  post([topic = std::move(topic)](tail_handle& self) {
    const auto found = self.tails_.find(topic);
    if (found == self.tails_.end())
      return;
    found->second->end();
    self.tails_.erase(found);
  });
}

void tail_handle::locate(std::string topic, std::uint64_t question,
                         std::vector<std::int32_t> partitions,
                         std::optional<std::int64_t> time,
                         milliseconds timeout) {
  post([topic = std::move(topic), question, partitions = std::move(partitions),
        time, deadline = clock::now() + timeout](tail_handle& self) {
    if (self.tails_.count(topic) == 0)
      return;
    std::vector<topic_partition> of;
    for (const std::int32_t partition : partitions)
      of.push_back({topic, partition});
    self.ask(std::move(of), time, deadline,
             [&self, topic, question](std::vector<log_range> ranges) {
               self.emit(tail_located{topic, question, std::move(ranges)});
             });
  });
}

void tail_handle::close(clock::time_point deadline) {
  post([deadline](tail_handle& self) { self.do_close(deadline); });
}

std::vector<position> tail_handle::ends(const std::string& topic) const {
  std::lock_guard<std::mutex> guard(shared_mutex_);
  if (!client_)
    return {};
  std::vector<topic_partition> of;
  std::copy_if(
      assigned_.begin(), assigned_.end(), std::back_inserter(of),
      [&](const topic_partition& each) { return each.topic == topic; });
  return known_ends(client_->get(), of);
}

void tail_handle::do_begin(const std::string& topic, std::uint32_t epoch,
                           clock::time_point deadline) {
  const failure why = client_ ? failure{} : open();
  if (!why.code.empty()) {
    emit(tail_failed{topic, epoch, why, true});
    return;
  }
  auto& tail = tails_[topic];
  if (tail)
    tail->end();
  tail_surroundings& around = *this;
  tail = std::make_shared<topic_tail>(around, topic, epoch, deadline);
  tail->begin();
  due(deadline);
}

/// Makes the client; the failure when it cannot be made.
failure tail_handle::open() {
  auto made = around_.make_client();
  if (!made)
    return made.error;
  {
    std::lock_guard<std::mutex> guard(shared_mutex_);
    client_ = std::move(*made.value);
  }
  queue_ = std::make_unique<queue_reader>(
      queue_handle(rd_kafka_queue_get_consumer(client().get())),
      [this] { around_.by->mark(shared_from_this()); });
  payer_->on_low(net::gate::deliver, [weak = weak_from_this()] {
    if (const auto self = weak.lock()) {
      self->credit_back_ = true;
      self->around_.by->mark(self);
    }
  });
  changed();
  around_.by->add(shared_from_this());
  return {};
}

void tail_handle::do_close(clock::time_point deadline) {
  closing_ = true;
  for (const auto& each : tails_)
    each.second->end();
  tails_.clear();
  queue_.reset();
  closing leaver{nullptr, deadline, false,
                 [events = events_, ended = ended_](bool given_up) {
                   events->on_event(tails_closed{given_up});
                   ended();
                 }};
  {
    std::lock_guard<std::mutex> guard(shared_mutex_);
    leaver.client = std::exchange(client_, nullptr);
    assigned_.clear();
  }
  around_.by->remove(this);
  around_.leavers.take(std::move(leaver));
}

std::shared_ptr<partition_queue> tail_handle::make_queue(
    const topic_partition& at) {
  partition_events& to = *this;
  return std::make_shared<partition_queue>(at, around_.bounds, to, *around_.by);
}

void tail_handle::ask(std::vector<topic_partition> of,
                      std::optional<std::int64_t> time,
                      clock::time_point deadline,
                      std::function<void(std::vector<log_range>)> done) {
  around_.workers->run([self = shared_from_this(), client = client_,
                        of = std::move(of), time, deadline,
                        done = std::move(done)]() mutable {
    auto ranges = find_ranges(client->get(), of, time, deadline);
    // The closer waits for the client to be let go.
    client.reset();
    self->post([ranges = std::move(ranges),
                done = std::move(done)](tail_handle&) { done(ranges); });
  });
}

void tail_handle::list(
    clock::time_point deadline,
    std::function<void(result<std::shared_ptr<const topic_table>>)> done) {
  around_.directory->ask(
      deadline, [weak = weak_from_this(),
                 done = std::move(done)](const result<topic_view>& view) {
        const auto self = weak.lock();
        if (!self)
          return;
        result<std::shared_ptr<const topic_table>> told{{}, view.error};
        if (view)
          told.value = view.value->table;
        self->post([told = std::move(told), done](tail_handle& on) {
          on.follow_table();
          done(told);
        });
      });
}

void tail_handle::changed() {
  std::vector<topic_partition> now;
  for (const auto& queue : queues())
    now.push_back(queue->at());
  client_->prefetch().resize(now.size());
  std::lock_guard<std::mutex> guard(shared_mutex_);
  assigned_ = std::move(now);
}

std::vector<std::shared_ptr<partition_queue>> tail_handle::queues() const {
  std::vector<std::shared_ptr<partition_queue>> all;
  for (const auto& each : tails_)
    each.second->collect(all);
  return all;
}

/// There is credit again.
void tail_handle::go_on() {
  auto all = queues();
  all.erase(std::remove_if(all.begin(), all.end(),
                           [](const auto& each) { return !each->stalled(); }),
            all.end());
  for (const auto& queue : turns_.order(std::move(all)))
    around_.by->mark(queue);
}

bool tail_handle::turn() {
  if (credit_back_.exchange(false))
    go_on();
  for (int i = 0; queue_ && i < events_per_turn; ++i) {
    const event_handle event = queue_->next();
    if (!event)
      return false;
    read(event.get());
  }
  return queue_ != nullptr;
}

tail_handle::clock::time_point tail_handle::tick(clock::time_point now) {
  if (!client_)
    return clock::time_point::max();
  if (now >= sweep_at_) {
    sweep_at_ = now + sweep;
    around_.by->mark(shared_from_this());
    follow_table();
  }
  clock::time_point next =
      std::min(sweep_at_, pacer_.tick(client().get(), now));
  for (auto each = tails_.begin(); each != tails_.end();) {
    next = std::min(next, each->second->tick(now));
    each = each->second->failed() ? tails_.erase(each) : std::next(each);
  }
  return next;
}

void tail_handle::follow_table() {
  const std::uint64_t version = around_.directory->version();
  if (std::exchange(table_version_, version) == version)
    return;
  const auto now = table();
  for (const auto& each : tails_)
    each.second->on_table(*now);
}

void tail_handle::read(rd_kafka_event_t* event) {
  switch (rd_kafka_event_type(event)) {
    case RD_KAFKA_EVENT_ERROR:
      on_error(event);
      break;
    case RD_KAFKA_EVENT_LOG:
      around_.watch->log(event);
      break;
    default:
      break;
  }
}

void tail_handle::on_records(fetched records) {
  const auto found = tails_.find(records.batch->topic);
  if (found != tails_.end())
    found->second->on_records(*records.batch);
  emit(tail_records{std::move(records)});
}

void tail_handle::on_partition_error(rd_kafka_event_t* error) {
  on_error(error);
}

void tail_handle::on_error(rd_kafka_event_t* event) {
  auto error = read_consumer_error(client().get(), event, *around_.watch,
                                   [this] { around_.directory->suspect(); });
  if (!error)
    return;
  around_.watch->note(error->why.message);
  if (!error->at.topic.empty())
    on_topic_error(std::move(*error));
  else if (told_.is_news(error->why, clock::now()))
    emit(tail_failed{{}, 0, std::move(error->why), error->fatal});
}

void tail_handle::on_topic_error(consumer_error error) {
  const auto found = tails_.find(error.at.topic);
  if (found == tails_.end())
    return;
  if (error.code == RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET) {
    // Not now: the partition is being polled.
    post([tail = found->second, partition = error.at.partition](tail_handle&) {
      tail->on_out_of_range(partition);
    });
  } else if (error.why.code == "UNKNOWN_TOPIC_OR_PARTITION") {
    // Gone, or only moving between brokers: the cluster's list says.
    list(clock::now() + list_timeout, [](const auto&) {});
  } else if (told_.is_news(error.why, clock::now())) {
    emit(tail_failed{error.at.topic, found->second->epoch(),
                     std::move(error.why), false});
  }
}

}  // namespace wskafka::kafka
