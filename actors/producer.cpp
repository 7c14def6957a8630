#include "actors/producer.hpp"

#include "actors/describe.hpp"
#include "actors/guard.hpp"
#include "actors/ids.hpp"
#include "actors/replies.hpp"
#include "protocol/render.hpp"

#include <caf/actor_system.hpp>
#include <caf/send.hpp>

#include <algorithm>
#include <utility>
#include <variant>

namespace wskafka {
namespace {

/// How often a closed producer looks whether everything is reported.
constexpr std::chrono::milliseconds closed_poll{200};

/// Routes `count` records, one after the other. When one throws, nobody else
/// lets its batch go, nor that of those behind it: they count as reported.
template <class Route, class Batch>
void route_all(std::size_t count, Route route, Batch batch) {
  std::size_t i = 0;
  try {
    for (; i < count; ++i)
      route(i);
  } catch (...) {
    for (; i < count; ++i)
      batch(i).one_reported();
    throw;
  }
}

protocol::envelope head_of(const kafka::publish_batch& batch,
                           const kafka::publish_item& record) {
  protocol::envelope head;
  head.id = batch.id(record);
  head.t = "\"notif\"";
  if (record.named_action)
    head.a = "\"create\"";
  return head;
}

}  // namespace

/// Where the report thread leaves what the actor is to answer.
class producer::report_inbox final : public kafka::report_sink {
 public:
  struct failed {
    kafka::failure why;
    bool maybe_written;
  };
  struct reported {
    std::shared_ptr<kafka::publish_batch> batch;
    std::size_t item;
    std::variant<kafka::receipt, failed> how;
  };

  explicit report_inbox(producer_actor owner)
      : inbox([owner = std::move(owner)] {
          caf::anon_send(owner, inbox_ready{});
        }) {}

  void on_publish_failed(std::shared_ptr<kafka::publish_batch> batch,
                         std::size_t item, kafka::failure why,
                         bool maybe_written) override {
    inbox.push({std::move(batch), item, failed{std::move(why), maybe_written}});
  }

  void on_published(std::shared_ptr<kafka::publish_batch> batch,
                    std::size_t item, const kafka::receipt& where) override {
    inbox.push({std::move(batch), item, where});
  }

  net::inbox<reported> inbox;
};

producer::producer(caf::actor_config& config, environment& shared, peer to,
                   topics_actor topics, gateway_actor gateway)
    : producer_actor::base(config),
      shared_(shared),
      to_(std::move(to)),
      topics_(std::move(topics)),
      gateway_(std::move(gateway)),
      routes_(shared.kafka, shared.options.producer.partitioner_type,
              to_.ref.ws) {}

producer::~producer() = default;

producer_actor::behavior_type producer::make_behavior() {
  sink_ = std::make_shared<report_inbox>(producer_actor{this});
  guard_handlers(this, shared_, [this] {
    shared_.sockets.send({to_.ref, ws::close{ws::close_reason::internal}});
  });
  return {
      [this](const publish& flushed) { on_publish(flushed); },
      [this](inbox_ready) { on_inbox(); },
      [this](const topics_ready& answer) { on_topics_ready(answer); },
      [this](const expect_topics& coming) {
        expected_.insert(coming.topics.begin(), coming.topics.end());
      },
      [this](const topics_created& ended) { on_topics_created(ended); },
      [this](deadline_due tick) { on_deadline(tick); },
      [this](const flush_now& order) { on_flush_now(order); },
      [this](peer_closed) { on_peer_closed(); },
      [this](const describe& query) { on_describe(query); },
  };
}

void producer::on_exit() {
  // The sink holds a handle of this actor, and batches hold the sink.
  sink_->inbox.close();
  // Only after a failure: nobody else lets these batches go.
  for (const auto& waiting : parked_)
    for (const parked& entry : waiting.second)
      entry.batch->one_reported();
  parked_.clear();
  // A pending deadline holds this for up to a minute, but not what it had.
  receipts_.clear();
  send(gateway_, producer_gone{to_.ref.ws});
  topics_ = nullptr;
  gateway_ = nullptr;
}

// -- the way of a record

void producer::on_publish(const publish& flushed) {
  routes_.begin_flush();
  for (const auto& batch : flushed.batches) {
    batch->sink = sink_;
    batch->flushed_at = now();
    shared_.kafka.producer().begin(batch);
    watch(batch);
    publishing_.add(static_cast<double>(batch->items.size()), now());
    route_all(
        batch->items.size(), [&](std::size_t item) { route(batch, item); },
        [&](std::size_t) -> kafka::publish_batch& { return *batch; });
  }
}

void producer::route(const std::shared_ptr<kafka::publish_batch>& batch,
                     std::size_t item) {
  const std::string_view topic = batch->topic(batch->items[item]);
  const auto& found = routes_.find(topic);
  // Those that wait go first.
  if (found.partitions == 0 || (!parked_.empty() && parked_.count(topic) > 0)) {
    park(batch, item, topic);
    return;
  }
  ++published_;
  shared_.kafka.producer().publish(
      *batch, item, found.handle,
      routes_.choose(found, *batch, batch->items[item]));
}

void producer::park(const std::shared_ptr<kafka::publish_batch>& batch,
                    std::size_t item, std::string_view topic) {
  auto waiting = parked_.find(topic);
  const bool first = waiting == parked_.end();
  if (first)
    waiting = parked_.emplace(std::string(topic), std::vector<parked>{}).first;
  if (first && expected_.count(topic) == 0)
    ask_for(waiting->first);
  waiting->second.push_back({batch, item});
}

void producer::ask_for(const std::string& topic) {
  asked_[++requests_] = topic;
  send(topics_, check_topics{{topic},
                             requests_,
                             shared_.options.producer.publish_timeout,
                             topic_client{producer_actor{this}}});
}

void producer::on_topics_created(const topics_created& ended) {
  for (const std::string& topic : ended.topics) {
    expected_.erase(topic);
    if (parked_.count(topic) > 0)
      ask_for(topic);
  }
}

void producer::on_topics_ready(const topics_ready& answer) {
  const auto asked = asked_.find(answer.request);
  if (asked == asked_.end() || answer.outcomes.empty())
    return;
  const std::string topic = std::move(asked->second);
  asked_.erase(asked);
  const auto& error = answer.outcomes.front().error;
  // Being created since it was asked for: asked for again when that ends.
  if (error && expected_.count(topic) > 0)
    return;
  if (error) {
    protocol::failure why = to_protocol(*error);
    if (why.code == "UNKNOWN_TOPIC_OR_PARTITION")
      why.topics = {topic};
    fail_parked(topic, why);
  } else {
    routes_.begin_flush();
    if (routes_.find(topic).partitions == 0) {
      // Created and deleted again since.
      fail_parked(topic, {"UNKNOWN_TOPIC_OR_PARTITION",
                          "Topic \"" + topic + "\" does not exist.", true});
    } else {
      auto waiting = parked_.extract(topic);
      if (!waiting.empty()) {
        const auto& list = waiting.mapped();
        route_all(
            list.size(),
            [&](std::size_t i) { route(list[i].batch, list[i].item); },
            [&](std::size_t i) -> kafka::publish_batch& {
              return *list[i].batch;
            });
      }
    }
  }
  tell_flushed();
  end_if_done();
}

void producer::fail_parked(const std::string& topic,
                           const protocol::failure& why) {
  routes_.forget(topic);
  auto waiting = parked_.extract(topic);
  if (waiting.empty())
    return;
  std::size_t failed = 0;
  for (const parked& entry : waiting.mapped()) {
    if (entry.batch->items[entry.item].settle()) {
      fail(*entry.batch, entry.item, why, protocol::persisted::no);
      ++failed;
    }
    entry.batch->one_reported();
  }
  tell_operator(failed, why.message);
}

// -- receipts and failures

void producer::on_inbox() {
  std::vector<report_inbox::reported> reports;
  sink_->inbox.drain(reports);
  // While stopping, what the edge gives up is given up for that reason.
  const bool stopping = flushing_ && !closed_;
  std::size_t failures = 0;
  std::string first;
  for (const auto& entry : reports)
    if (const auto* failed = std::get_if<report_inbox::failed>(&entry.how))
      if (failures++ == 0)
        first = failed->why.message;
  tell_operator(failures, first);
  for (const auto& entry : reports) {
    if (const auto* where = std::get_if<kafka::receipt>(&entry.how)) {
      confirm(*entry.batch, entry.item, *where);
      continue;
    }
    const auto& failed = std::get<report_inbox::failed>(entry.how);
    fail(*entry.batch, entry.item,
         stopping ? shutting_down() : to_protocol(failed.why),
         failed.maybe_written ? protocol::persisted::maybe
                              : protocol::persisted::no);
  }
  send_receipts();
}

/// Once per burst: a broker that refuses one record refuses many.
void producer::tell_operator(std::size_t count, const std::string& why) {
  if (count == 0)
    return;
  event_info info;
  info.what = event::producer_error;
  info.ws = to_.ref.ws;
  info.count = count;
  info.text = why;
  shared_.events.emit(info);
}

/// Gathers the reply; they go together.
void producer::confirm(const kafka::publish_batch& batch, std::size_t item,
                       const kafka::receipt& where) {
  const kafka::publish_item& record = batch.items[item];
  std::string payload;
  protocol::append_receipt(payload, next_id(), head_of(batch, record),
                           batch.topic(record), where.partition, where.offset,
                           where.timestamp);
  receipts_.push_back(text_for(to_, std::move(payload)));
  ++receipted_;
}

void producer::send_receipts() {
  if (!receipts_.empty())
    shared_.sockets.send(to_.ref.shard, receipts_);
}

void producer::fail(kafka::publish_batch& batch, std::size_t item,
                    const protocol::failure& why, protocol::persisted written) {
  reply_failure(shared_.sockets, to_, head_of(batch, batch.items[item]), why,
                written);
  ++failed_;
  last_error_ = why.code;
  ++shared_.count.publish_failed;
  ++shared_.count.failures;
}

// -- deadlines

void producer::watch(const std::shared_ptr<kafka::publish_batch>& batch) {
  unreported_.push_back(
      {batch, batch->flushed_at + shared_.options.producer.publish_timeout});
  if (unreported_.size() >= crowded_)
    forget_reported();
  arm_deadline();
}

/// Reported batches are gone, only their weak pointers wait here. Looking at
/// all of them when their number has doubled costs a constant per batch.
void producer::forget_reported() {
  unreported_.erase(
      std::remove_if(unreported_.begin(), unreported_.end(),
                     [](const unreported& u) { return u.batch.expired(); }),
      unreported_.end());
  crowded_ = std::max<std::size_t>(64, unreported_.size() * 2);
}

void producer::arm_deadline() {
  if (deadline_armed_ || unreported_.empty())
    return;
  deadline_armed_ = true;
  auto wait = std::max(unreported_.front().deadline - now(),
                       time_point::duration(std::chrono::milliseconds(1)));
  if (closed_)
    wait = std::min<time_point::duration>(wait, closed_poll);
  delayed_send(this, wait, deadline_due{++deadline_generation_});
}

void producer::on_deadline(const deadline_due& tick) {
  if (tick.generation != deadline_generation_)
    return;
  deadline_armed_ = false;
  const time_point t = now();
  const auto expired = [&](const kafka::publish_batch& batch) {
    return batch.flushed_at + shared_.options.producer.publish_timeout <= t;
  };
  const protocol::failure late{
      protocol::error_code::timeout,
      "The record was not reported by the broker in time."};
  std::size_t given_up = 0;
  const auto give_up = [&](kafka::publish_batch& batch, std::size_t item,
                           protocol::persisted written) {
    if (!batch.items[item].settle())
      return;
    fail(batch, item, late, written);
    ++shared_.count.publish_timeouts;
    ++given_up;
  };
  // What waits for its topic was never handed over.
  for (auto waiting = parked_.begin(); waiting != parked_.end();) {
    auto& list = waiting->second;
    const auto end = std::remove_if(list.begin(), list.end(), [&](parked& p) {
      if (!expired(*p.batch))
        return false;
      give_up(*p.batch, p.item, protocol::persisted::no);
      p.batch->one_reported();
      return true;
    });
    list.erase(end, list.end());
    waiting = list.empty() ? parked_.erase(waiting) : std::next(waiting);
  }
  while (!unreported_.empty()) {
    const auto batch = unreported_.front().batch.lock();
    if (batch && unreported_.front().deadline > t)
      break;
    if (batch)
      for (std::size_t i = 0; i < batch->items.size(); ++i)
        give_up(*batch, i, protocol::persisted::maybe);
    unreported_.pop_front();
  }
  tell_operator(given_up, late.message);
  arm_deadline();
  tell_flushed();
  end_if_done();
}

// -- the end

void producer::on_flush_now(const flush_now& order) {
  flushing_ = true;
  if (order.give_up)
    while (!parked_.empty())
      fail_parked(std::string(parked_.begin()->first), shutting_down());
  tell_flushed();
}

void producer::tell_flushed() {
  if (flushing_ && parked_.empty())
    send(gateway_, producer_flushed{to_.ref.ws});
}

void producer::on_peer_closed() {
  closed_ = true;
  deadline_armed_ = false;
  arm_deadline();
  end_if_done();
}

void producer::end_if_done() {
  if (!closed_ || !parked_.empty())
    return;
  forget_reported();
  if (unreported_.empty())
    quit();
}

void producer::on_describe(const describe& query) {
  forget_reported();
  // Of the values alone; what is charged is so by batch.
  std::size_t messages = 0;
  std::size_t bytes = 0;
  for (const auto& waiting : parked_) {
    for (const parked& entry : waiting.second) {
      ++messages;
      bytes += entry.batch->value(entry.batch->items[entry.item]).size();
    }
  }
  json state = {
      {"kind", "producer"},
      {"id", to_.ref.ws},
      {"queue", mailbox().size()},
      {"buffered", {{"messages", messages}, {"bytes", bytes}}},
      {"unreported_batches", unreported_.size()},
      {"published", published_},
      {"receipts", receipted_},
      {"per_second", publishing_.per_second(now())},
      {"failed", failed_},
      {"last_error", last_error_},
  };
  send(query.to, described{query.query, query.index, state.dump()});
}

}  // namespace wskafka
