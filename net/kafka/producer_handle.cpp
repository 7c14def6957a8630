#include "net/kafka/producer_handle.hpp"

#include "net/kafka/embedded_broker.hpp"
#include "net/kafka/error.hpp"
#include "net/kafka/hand_over.hpp"

#include <algorithm>
#include <array>
#include <mutex>
#include <utility>
#include <vector>

namespace wskafka::kafka {
namespace {

using std::chrono::milliseconds;

/// Events read before somebody else's turn comes.
constexpr int events_per_turn = 64;

/// How long purged records may take to be reported; they come at once.
constexpr milliseconds purge_time{2000};

constexpr milliseconds retry_make{1000};

int left_until(producer_handle::clock::time_point deadline) {
  const auto left = std::chrono::duration_cast<milliseconds>(
      deadline - producer_handle::clock::now());
  return static_cast<int>(
      std::clamp<milliseconds::rep>(left.count(), 0, 3'600'000));
}

}  // namespace

producer_handle::producer_handle(surroundings around, client_handle client)
    : around_(std::move(around)),
      client_(around_.graves.share(std::move(client))),
      reports_(read_from(client_.get())) {
  around_.watch.opened();
}

std::unique_ptr<queue_reader> producer_handle::read_from(
    rd_kafka_t* client) const {
  return std::make_unique<queue_reader>(
      queue_handle(rd_kafka_queue_get_main(client)),
      [&wake = around_.wake] { wake.set(); });
}

producer_handle::~producer_handle() {
  release();
}

void producer_handle::release() {
  std::lock_guard<std::shared_mutex> guard(mutex_);
  if (!client_)
    return;
  // Before their client.
  reports_.reset();
  for (auto& [name, topic] : topics_)
    topic->current.reset();
  client_.reset();
  around_.watch.closed();
}

producer_topic* producer_handle::topic(std::string_view name) {
  {
    std::shared_lock<std::shared_mutex> guard(mutex_);
    const auto found = topics_.find(name);
    if (found != topics_.end())
      return found->second.get();
  }
  std::lock_guard<std::shared_mutex> guard(mutex_);
  auto& place = topics_[std::string(name)];
  if (!place) {
    std::string copy(name);
    topic_handle handle;
    if (client_)
      handle.reset(rd_kafka_topic_new(client_.get(), copy.c_str(), nullptr));
    place =
        std::make_unique<producer_topic>(std::move(copy), std::move(handle));
  }
  return place.get();
}

void producer_handle::begin(const std::shared_ptr<publish_batch>& batch) {
  if (batch->items.empty())
    return;
  if (around_.address.embedded)
    date_receipts(*batch);
  for (publish_item& item : batch->items)
    item.batch = batch.get();
  batch->unreported.store(batch->items.size());
  batch->in_flight = batch;
}

void producer_handle::publish(publish_batch& batch, std::size_t index,
                              producer_topic* topic, std::int32_t partition) {
  publish_item& item = batch.items[index];
  handed_over_.fetch_add(1, std::memory_order_relaxed);
  int error = RD_KAFKA_RESP_ERR_NO_ERROR;
  {
    std::shared_lock<std::shared_mutex> guard(mutex_);
    if (closed_)
      error = RD_KAFKA_RESP_ERR__DESTROY;
    else if (!topic->current)
      error = RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION;
    else
      error = hand_over(client_.get(), topic->current.get(), partition, batch,
                        item);
  }
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR)
    return;
  fail(batch, item, failure_of(error, batch.topic(item)), false);
}

void producer_handle::fail(publish_batch& batch, publish_item& item,
                           failure why, bool maybe_written) {
  failed_.fetch_add(1, std::memory_order_relaxed);
  reported_.fetch_add(1, std::memory_order_relaxed);
  if (item.settle() && batch.sink)
    batch.sink->on_publish_failed(
        batch.in_flight, static_cast<std::size_t>(&item - batch.items.data()),
        std::move(why), maybe_written);
  batch.one_reported();
}

failure producer_handle::failure_of(int error, std::string_view topic) const {
  const std::string what =
      "cannot publish to topic \"" + std::string(topic) + '"';
  const bool purged = error == RD_KAFKA_RESP_ERR__PURGE_QUEUE ||
                      error == RD_KAFKA_RESP_ERR__PURGE_INFLIGHT;
  if (error == RD_KAFKA_RESP_ERR__DESTROY || (purged && purging_))
    return shutting_down(what);
  return to_failure(error, what);
}

bool producer_handle::serve() {
  bool more = true;
  for (int i = 0; more && i < events_per_turn; ++i) {
    const event_handle event = reports_->next();
    more = event != nullptr;
    if (more)
      read(event.get());
  }
  if (!broken_.empty() && clock::now() >= next_try_)
    make_anew();
  return more;
}

void producer_handle::read(rd_kafka_event_t* event) {
  switch (rd_kafka_event_type(event)) {
    case RD_KAFKA_EVENT_DR:
      while (const rd_kafka_message_t* message =
                 rd_kafka_event_message_next(event))
        report(*message);
      break;
    case RD_KAFKA_EVENT_ERROR:
      on_error(event);
      break;
    case RD_KAFKA_EVENT_LOG:
      around_.watch.log(event);
      break;
    default:
      break;
  }
}

void producer_handle::report(const rd_kafka_message_t& message) {
  publish_item& item = *static_cast<publish_item*>(message._private);
  publish_batch& batch = *item.batch;
  if (message.err != RD_KAFKA_RESP_ERR_NO_ERROR) {
    fail(
        batch, item, failure_of(message.err, batch.topic(item)),
        rd_kafka_message_status(&message) != RD_KAFKA_MSG_STATUS_NOT_PERSISTED);
    return;
  }
  around_.watch.answered();
  reported_.fetch_add(1, std::memory_order_relaxed);
  if (item.settle() && item.receipt && batch.sink)
    batch.sink->on_published(
        batch.in_flight, static_cast<std::size_t>(&item - batch.items.data()),
        {message.partition, message.offset, timestamp_of(message)});
  batch.one_reported();
}

std::int64_t producer_handle::timestamp_of(
    const rd_kafka_message_t& message) const {
  if (around_.address.embedded) {
    const publish_item& item = *static_cast<publish_item*>(message._private);
    return item.batch->extras_of(item)->timestamp;
  }
  return rd_kafka_message_timestamp(&message, nullptr);
}

void producer_handle::on_error(rd_kafka_event_t* event) {
  const int error = rd_kafka_event_error(event);
  around_.watch.note(rd_kafka_event_error_string(event));
  if (error == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN)
    around_.suspect();
  if (rd_kafka_event_error_is_fatal(event) == 0)
    return;
  std::array<char, 512> why{};
  rd_kafka_fatal_error(client_.get(), why.data(), why.size());
  broken_ = std::string("the producer broke: ") + why.data();
  next_try_ = {};
}

/// A fatal error ends a client for good: another takes its place under the same
/// topics, and what the old one still held is reported as failed.
void producer_handle::make_anew() {
  result<client_handle> fresh = make_producer(around_.options, around_.address);
  if (!fresh) {
    around_.watch.note(fresh.error.message);
    next_try_ = clock::now() + retry_make;
    return;
  }
  auto client = around_.graves.share(std::move(*fresh.value));
  auto reports = read_from(client.get());
  std::vector<topic_handle> old_topics;
  {
    std::lock_guard<std::shared_mutex> guard(mutex_);
    client_.swap(client);
    for (auto& [name, topic] : topics_) {
      topic_handle handle(
          rd_kafka_topic_new(client_.get(), name.c_str(), nullptr));
      topic->current.swap(handle);
      old_topics.push_back(std::move(handle));
    }
  }
  reports_.swap(reports);
  around_.watch.note(std::exchange(broken_, {}));
  recreated_.fetch_add(1, std::memory_order_relaxed);
  purge(client.get(), *reports);
}

void producer_handle::purge(rd_kafka_t* old, queue_reader& reports) {
  rd_kafka_purge(old, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
  const auto end = clock::now() + purge_time;
  while (rd_kafka_outq_len(old) > 0 && clock::now() < end) {
    around_.wake.wait_until(clock::now() + milliseconds(1));
    while (const event_handle event = reports.next())
      if (rd_kafka_event_type(event.get()) == RD_KAFKA_EVENT_DR)
        read(event.get());
  }
  // The new client may have set the signal that was waited for here.
  around_.wake.set();
}

bool producer_handle::flush(clock::time_point deadline) {
  const std::shared_ptr<rd_kafka_t> now = client();
  if (!now)
    return true;
  if (rd_kafka_flush(now.get(), left_until(deadline)) ==
      RD_KAFKA_RESP_ERR_NO_ERROR)
    return true;
  purging_ = true;
  // A broker's thread may be in the look-up of a name; it is not waited for.
  rd_kafka_purge(now.get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT |
                                RD_KAFKA_PURGE_F_NON_BLOCKING);
  rd_kafka_flush(now.get(), static_cast<int>(purge_time.count()));
  purging_ = false;
  return false;
}

bool producer_handle::close(clock::time_point deadline) {
  {
    // Nobody is between its look at `closed_` and handing over afterwards.
    std::lock_guard<std::shared_mutex> guard(mutex_);
    closed_ = true;
  }
  return flush(deadline);
}

std::shared_ptr<rd_kafka_t> producer_handle::client_of(
    const std::vector<std::string>& topics) const {
  std::shared_lock<std::shared_mutex> guard(mutex_);
  const bool knows =
      std::any_of(topics.begin(), topics.end(), [this](const auto& topic) {
        return topics_.find(topic) != topics_.end();
      });
  return knows ? client_ : nullptr;
}

std::shared_ptr<rd_kafka_t> producer_handle::client() const {
  std::shared_lock<std::shared_mutex> guard(mutex_);
  return client_;
}

producer_statistics producer_handle::count() const {
  producer_statistics s;
  s.handed_over = handed_over_.load(std::memory_order_relaxed);
  s.reported = reported_.load(std::memory_order_relaxed);
  s.failed = failed_.load(std::memory_order_relaxed);
  s.recreated = recreated_.load(std::memory_order_relaxed);
  return s;
}

}  // namespace wskafka::kafka
