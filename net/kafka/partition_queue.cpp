#include "net/kafka/partition_queue.hpp"

#include <algorithm>
#include <utility>

namespace wskafka::kafka {
namespace {

/// librdkafka's main thread answers a seek within microseconds; if it does not,
/// the next tick asks again.
constexpr int seek_timeout_ms = 100;

/// Most that a new batch sets aside ahead, by the size of the one before.
constexpr std::size_t most_reserved = 256 * 1024;

void append_headers(std::string& arena, const rd_kafka_headers_t& headers) {
  const char* name = nullptr;
  const void* value = nullptr;
  std::size_t size = 0;
  for (std::size_t i = 0;
       rd_kafka_header_get_all(&headers, i, &name, &value, &size) ==
       RD_KAFKA_RESP_ERR_NO_ERROR;
       ++i)
    protocol::append_header(arena, name,
                            value ? std::optional(std::string_view(
                                        static_cast<const char*>(value), size))
                                  : std::nullopt);
}

}  // namespace

partition_queue::partition_queue(topic_partition at, batch_bounds bounds,
                                 partition_events& to, poller& by)
    : at_(std::move(at)), bounds_(bounds), to_(to), by_(by) {}

bool partition_queue::attach(consumer_client& client) {
  client_ = &client;
  room_.emplace(client.prefetch().shape());
  client.retired().remove(at_);
  queue_.reset(rd_kafka_queue_get_partition(client.get(), at_.topic.c_str(),
                                            at_.partition));
  if (!queue_)
    return false;
  rd_kafka_queue_forward(queue_.get(), nullptr);
  rd_kafka_queue_cb_event_enable(
      queue_.get(),
      [](rd_kafka_t*, void* self) {
        // Under the queue's lock: mark, and nothing else.
        auto& queue = *static_cast<partition_queue*>(self);
        queue.by_.mark_arrival(queue.shared_from_this());
      },
      this);
  return true;
}

void partition_queue::detach() {
  if (!queue_)
    return;
  rd_kafka_queue_cb_event_enable(queue_.get(), nullptr, nullptr);
  while (const auto left = event_handle(rd_kafka_queue_poll(queue_.get(), 0))) {
    // Records of an assignment that is over: whoever has it next reads them.
  }
  client_->retired().add(at_, std::move(queue_));
  owner_.reset();
}

void partition_queue::give(std::shared_ptr<net::account> owner,
                           std::uint32_t owner_epoch) {
  owner_ = std::move(owner);
  owner_epoch_ = owner_epoch;
  stalled_ = false;
  by_.mark(shared_from_this());
}

void partition_queue::seek(std::int64_t offset, std::uint32_t epoch) {
  fetch_epoch_ = epoch;
  target_ = offset;
  by_.mark(shared_from_this());
}

bool partition_queue::turn() {
  stalled_ = false;
  if (!queue_)
    return false;
  if (target_ && !try_seek()) {
    drop_waiting();
    return false;
  }
  if (!owner_)
    return false;
  const std::size_t credit = owner_->delivery_credit();
  if (credit > 0)
    return poll(credit);
  // Without credit nothing is polled: the hook of the account marks us.
  stalled_ = owner_->wait_low(net::gate::deliver);
  return !stalled_;
}

/// A seek that librdkafka refuses (its fetcher has not begun) would otherwise
/// go unnoticed, and records be lost.
bool partition_queue::try_seek() {
  const partition_list list(rd_kafka_topic_partition_list_new(1));
  rd_kafka_topic_partition_t* one = rd_kafka_topic_partition_list_add(
      list.get(), at_.topic.c_str(), at_.partition);
  one->offset = *target_;
  const error_handle error(
      rd_kafka_seek_partitions(client_->get(), list.get(), seek_timeout_ms));
  if (error || one->err != RD_KAFKA_RESP_ERR_NO_ERROR)
    return false;
  target_.reset();
  // What stood in the queue from before is passed over, and not counted.
  to_.on_room();
  return true;
}

/// Records from before a seek that is refused; why it is, where librdkafka
/// reads the partition no more, stands behind them.
void partition_queue::drop_waiting() {
  while (const auto event = event_handle(rd_kafka_queue_poll(queue_.get(), 0)))
    if (rd_kafka_event_type(event.get()) == RD_KAFKA_EVENT_ERROR)
      to_.on_partition_error(event.get());
}

bool partition_queue::poll(std::size_t credit) {
  const std::size_t bound = std::min(credit, bounds_.bytes);
  std::size_t polled = 0;
  std::size_t taken = 0;
  bool more = true;
  while (more && polled < bounds_.records && taken < bound) {
    const event_handle event(rd_kafka_queue_poll(queue_.get(), 0));
    if (!event) {
      more = false;
    } else if (rd_kafka_event_type(event.get()) == RD_KAFKA_EVENT_ERROR) {
      // Behind what stood before it.
      hand_on();
      to_.on_partition_error(event.get());
    } else if (const rd_kafka_message_t* message =
                   rd_kafka_event_message_next(event.get())) {
      ++polled;
      taken += add(*message, bound);
    }
  }
  hand_on();
  if (room_->polled(polled, taken, !more))
    to_.on_room();
  return more;
}

/// Copies one record into the batch; returns what it is charged with. One that
/// would pass the bound goes alone, in a batch of its own.
std::size_t partition_queue::add(const rd_kafka_message_t& message,
                                 std::size_t bound) {
  protocol::record r;
  r.offset = message.offset;
  rd_kafka_timestamp_type_t type = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE;
  r.timestamp = rd_kafka_message_timestamp(&message, &type);
  r.value_size = static_cast<std::uint32_t>(message.len);
  r.null_value = message.payload == nullptr;
  r.null_key = message.key == nullptr;
  r.key_size = static_cast<std::uint32_t>(message.key_len);
  headers_.clear();
  rd_kafka_headers_t* headers = nullptr;
  if (rd_kafka_message_headers(&message, &headers) ==
      RD_KAFKA_RESP_ERR_NO_ERROR)
    append_headers(headers_, *headers);
  r.headers_size = static_cast<std::uint32_t>(headers_.size());
  const std::size_t cost = protocol::record_batch::charge(r);
  if (batch_ && charge_ + cost > bound)
    hand_on();
  if (!batch_) {
    batch_ = std::make_shared<protocol::record_batch>();
    batch_->topic = at_.topic;
    batch_->partition = at_.partition;
    batch_->fetch_epoch = fetch_epoch_;
    batch_->arena.reserve(std::min(last_arena_, most_reserved));
  }
  r.value_begin = static_cast<std::uint32_t>(batch_->arena.size());
  if (!r.null_value)
    batch_->arena.append(static_cast<const char*>(message.payload),
                         message.len);
  if (!r.null_key)
    batch_->arena.append(static_cast<const char*>(message.key),
                         message.key_len);
  batch_->arena += headers_;
  batch_->records.push_back(r);
  charge_ += cost;
  return cost;
}

void partition_queue::hand_on() {
  if (!batch_)
    return;
  last_arena_ = batch_->arena.size();
  fetched records;
  records.owner_epoch = owner_epoch_;
  records.held =
      net::charge(owner_, net::direction::out, std::exchange(charge_, 0));
  records.batch = std::move(batch_);
  batch_ = nullptr;
  to_.on_records(std::move(records));
}

}  // namespace wskafka::kafka
