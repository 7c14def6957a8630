#include "actors/broadcast.hpp"

#include "actors/describe.hpp"
#include "actors/guard.hpp"
#include "actors/ids.hpp"
#include "actors/replies.hpp"

#include <caf/send.hpp>

#include <algorithm>
#include <utility>
#include <variant>

namespace wskafka {

broadcast::broadcast(caf::actor_config& config, environment& shared,
                     std::string topic,
                     std::shared_ptr<kafka::tail_reader> tails,
                     std::shared_ptr<tail_hub> hub,
                     std::shared_ptr<kafka::history_reader> past,
                     gateway_actor gateway)
    : broadcast_actor::base(config),
      shared_(shared),
      topic_(std::move(topic)),
      tails_(std::move(tails)),
      hub_(std::move(hub)),
      past_(std::move(past)),
      gateway_(std::move(gateway)),
      buffer_(shared.options.consumer.mq_limit,
              shared.options.consumer.mq_interval),
      history_(shared, shared.options.consumer.broadcast_history) {
  for (broadcast_audience& each : audiences_)
    each.channel = next_id();
}

broadcast_actor::behavior_type broadcast::make_behavior() {
  const auto wake = [owner = broadcast_actor{this}] {
    caf::anon_send(owner, inbox_ready{});
  };
  inbox_ = std::make_shared<tail_inbox>(wake);
  past_inbox_ = std::make_shared<past_inbox>(wake);
  hub_->attach(topic_, inbox_);
  guard_handlers(this, shared_, [this] {
    end_members({protocol::error_code::internal, "The broadcast failed."});
  });
  return {
      [this](join_broadcast& request) { on_join(request); },
      [this](const feed_member& ready) { on_feed(ready); },
      [this](const member_fell_behind& told) { on_fell_behind(told); },
      [this](const control_member& order) { on_control(order); },
      [this](const leave_broadcast& request) { on_leave(request); },
      [this](abandon_broadcast) {
        ++seen_;
        idle_if_left();
      },
      [this](inbox_ready) { on_inbox(); },
      [this](flush_due tick) {
        if (buffer_.due(tick.generation))
          flush();
      },
      [this](const feed_due& tick) { on_feed_due(tick); },
      [this](const no_member_due& tick) { on_no_member(tick); },
      [this](const begin_stop&) { on_begin_stop(); },
      [this](const describe& query) { on_describe(query); },
      [this](retire) { quit(); },
  };
}

void broadcast::on_exit() {
  hub_->detach(topic_, inbox_);
  inbox_->close();
  past_inbox_->close();
  end_tail();
  while (!members_.empty())
    drop(members_.begin());
  history_.reset();
  send(gateway_, broadcast_gone{topic_});
  tails_ = nullptr;
  hub_ = nullptr;
  past_ = nullptr;
  gateway_ = nullptr;
}

// -- members

void broadcast::on_join(join_broadcast& request) {
  ++seen_;
  if (stopping_) {
    send(request.member,
         subscription_failed{request.subscription, shutting_down()});
    return;
  }
  const auto known = members_.find(request.from.ref.ws);
  if (known != members_.end())
    drop(known);
  member& m = members_[request.from.ref.ws];
  m = {request.from,
       request.subscription,
       std::move(request.member),
       request.look,
       true,
       request.gaps,
       request.events,
       nullptr};
  broadcast_audience& all = audience(m.look);
  ++all.shards[m.to.ref.shard];
  if (request.start) {
    m.feed = std::make_unique<broadcast_feed>();
    m.feed->start = std::move(request.start);
    m.feed->next.again = request.again;
    ++feeding_;
  } else {
    ++all.present;
  }
  if (phase_ == phase::running) {
    answer(m);
  } else if (phase_ == phase::idle) {
    epoch_ = hub_->next_epoch();
    tails_->begin(topic_, epoch_, request.timeout);
    phase_ = phase::starting;
  }
}

/// Who named its start is answered when that is found.
void broadcast::answer(member& waiting) {
  if (waiting.feed && !waiting.feed->ready) {
    begin_feed(waiting);
    return;
  }
  waiting.waiting = false;
  broadcast_ready ready{waiting.subscription,
                        topic_,
                        audience(waiting.look).channel,
                        {},
                        true,
                        here()};
  if (waiting.feed) {
    ready.starts = waiting.feed->next.at;
    ready.recovered = waiting.feed->recovered;
  }
  send(waiting.actor, std::move(ready));
}

void broadcast::on_leave(const leave_broadcast& request) {
  const auto found = members_.find(request.ws);
  if (found == members_.end() ||
      found->second.subscription != request.subscription)
    return;
  drop(found);
  idle_if_left();
}

void broadcast::drop(member_place place) {
  member& m = place->second;
  broadcast_audience& all = audience(m.look);
  all.leave(m.to.ref.shard);
  end_feed(m);
  --all.present;
  members_.erase(place);
}

/// The tail of a topic that nobody wants is kept for those who come back.
void broadcast::idle_if_left() {
  if (!members_.empty() || stopping_)
    return;
  const auto linger = shared_.options.consumer.group_linger;
  if (phase_ == phase::running && linger.count() > 0)
    delayed_send(this, linger, no_member_due{seen_});
  else
    on_no_member({seen_});
}

/// Told that nobody wants it, the gateway has it retire.
void broadcast::on_no_member(const no_member_due& tick) {
  if (!members_.empty() || stopping_ || tick.seen != seen_)
    return;
  end_tail();
  send(gateway_, broadcast_idle{topic_, seen_});
}

void broadcast::end_tail() {
  if (phase_ != phase::idle)
    tails_->end(topic_);
  phase_ = phase::idle;
  buffer_.take();
  history_.reset();
  gone_.clear();
}

/// Those who wait are answered. Who was told to be subscribed learns of the end
/// by a close, and reconnects.
void broadcast::end_members(const protocol::failure& why) {
  for (auto& [ws, m] : members_)
    if (m.waiting)
      send(m.actor, subscription_failed{m.subscription, why});
    else
      shared_.sockets.send({m.to.ref, ws::close{ws::close_reason::internal}});
  while (!members_.empty())
    drop(members_.begin());
}

// -- the tail

void broadcast::on_inbox() {
  std::vector<kafka::tail_event> events;
  inbox_->drain(events);
  for (kafka::tail_event& event : events)
    std::visit([this](auto& e) { on_event(e); }, event);
  std::vector<past_event> past;
  past_inbox_->drain(past);
  for (past_event& event : past)
    on_past(event);
}

void broadcast::on_event(const kafka::tail_started& event) {
  if (event.epoch != epoch_ || phase_ != phase::starting)
    return;
  phase_ = phase::running;
  here_ = nullptr;
  for (const kafka::position& start : event.starts)
    history_.start(start.at.partition, start.offset);
  for (auto& [ws, m] : members_)
    answer(m);
  event_info info;
  info.what = event::consumer_ready;
  info.topic = topic_;
  shared_.events.emit(info);
}

void broadcast::on_event(kafka::tail_records& event) {
  if (event.what.batch->fetch_epoch != epoch_ || phase_ != phase::running)
    return;
  const auto next = buffer_.add({std::move(event.what)});
  if (next == mq_buffer<polled>::next::flush)
    flush();
  else if (next == mq_buffer<polled>::next::arm)
    delayed_send(this, *buffer_.interval(), flush_due{buffer_.generation()});
}

void broadcast::on_event(const kafka::tail_gap& event) {
  if (event.epoch != epoch_ || phase_ != phase::running)
    return;
  tell_operator("topic " + topic_ + ", partition " +
                std::to_string(event.at.partition) +
                ": broadcast goes on at offset " + std::to_string(event.to) +
                " instead of " + std::to_string(event.from));
  flush();
  pass_gap(event);
}

void broadcast::on_event(const kafka::tail_grown& event) {
  if (event.epoch != epoch_ || phase_ != phase::running)
    return;
  here_ = nullptr;
  for (const kafka::position& start : event.starts) {
    const std::int32_t partition = start.at.partition;
    history_.start(partition, start.offset);
    for (auto& [ws, m] : members_)
      if (m.feed)
        m.feed->next.at[partition] = start.offset;
    const auto before = gone_.find(partition);
    if (before == gone_.end())
      continue;
    // The channels know it from the topic before, and so may members.
    const auto gap = make_gap(shared_, topic_, partition, before->second,
                              start.offset, "truncated");
    for (const broadcast_audience& each : audiences_)
      fan_out(each, {gap});
    for (auto& [ws, m] : members_)
      if (m.feed && m.feed->ready)
        m.feed->gaps.push_back(gap);
    gone_.erase(before);
  }
}

/// Memory is of the topic before, and so is what is being read.
void broadcast::on_event(const kafka::tail_shrunk& event) {
  if (event.epoch != epoch_ || phase_ != phase::running)
    return;
  flush();
  const partition_positions& ends = history_.ends();
  for (auto end = ends.lower_bound(event.partitions); end != ends.end(); ++end)
    gone_[end->first] = end->second;
  history_.forget_from(event.partitions);
  here_ = nullptr;
  for (auto& [ws, m] : members_)
    if (m.feed) {
      partition_positions& at = m.feed->next.at;
      at.erase(at.lower_bound(event.partitions), at.end());
      end_read(*m.feed);
    }
}

void broadcast::on_event(const kafka::tail_failed& event) {
  if (!event.topic.empty() && event.epoch != epoch_)
    return;
  last_error_ = event.why.code;
  tell_operator(event.why.message);
  if (!event.fatal) {
    for (const auto& [ws, m] : members_)
      if (m.events && !m.waiting)
        send(m.actor, subscription_trouble{
                          m.subscription, to_protocol(event.why), event.topic});
    return;
  }
  end_members(to_protocol(event.why));
  // Nothing comes of it any more: who joins from here on begins another.
  end_tail();
  idle_if_left();
}

// -- frames

void broadcast::flush() {
  // Charged until history is.
  const std::vector<polled> taken = buffer_.take();
  if (taken.empty())
    return;
  std::vector<batch_ptr> batches;
  for (const polled& each : taken) {
    batches.push_back(each.what.batch);
    tell_messages(*each.what.batch);
  }
  history_.add(std::move(batches));
  here_ = nullptr;
  std::size_t delivered = 0;
  for (const element look : {element::plain, element::with_meta}) {
    const broadcast_audience& all = audience(look);
    if (all.present == 0)
      continue;
    const auto& frames = history_.last(look);
    fan_out(all, frames);
    for (const broadcast_frame& frame : frames)
      delivered += frame.records * all.present;
  }
  shared_.count.delivered += delivered;
  delivering_.add(static_cast<double>(delivered), now());
  feed_all();
}

/// One burst for each shard: frames that come together make nobody slow.
void broadcast::fan_out(const broadcast_audience& to,
                        const std::vector<broadcast_frame>& frames) {
  std::vector<ws::outgoing> burst;
  for (const auto& entry : to.shards) {
    for (const broadcast_frame& one : frames)
      burst.push_back({{0, 0, entry.first},
                       ws::fan_out{to.channel, one.frame, one.gap, one.ends}});
    shared_.sockets.send(entry.first, burst);
  }
}

std::shared_ptr<const ws::partition_ends> broadcast::here() {
  if (!here_) {
    ws::partition_ends ends;
    for (const auto& [partition, offset] : history_.ends())
      ends.push_back({partition, offset});
    here_ = std::make_shared<const ws::partition_ends>(std::move(ends));
  }
  return here_;
}

void broadcast::tell_messages(const protocol::record_batch& batch) {
  if (!shared_.events.wanted(event::consumer_message))
    return;
  for (const protocol::record& record : batch.records) {
    event_info info;
    info.what = event::consumer_message;
    info.topic = batch.topic;
    info.partition = batch.partition;
    info.offset = record.offset;
    info.text = batch.value(record);
    shared_.events.emit(info);
  }
}

void broadcast::tell_operator(const std::string& text) {
  event_info info;
  info.what = event::consumer_error;
  info.topic = topic_;
  info.text = text;
  shared_.events.emit(info);
}

// -- the end

void broadcast::on_begin_stop() {
  if (!std::exchange(stopping_, true)) {
    flush();
    tell_ended();
    for (auto& [ws, m] : members_) {
      if (std::exchange(m.waiting, false))
        send(m.actor, subscription_failed{m.subscription, shutting_down()});
      end_feed(m);
    }
    end_tail();
  }
  send(gateway_, broadcast_stopped{topic_});
}

void broadcast::on_describe(const describe& query) {
  partition_positions ends;
  for (const kafka::position& end : tails_->ends(topic_))
    ends[end.at.partition] = end.offset;
  json positions = json::array();
  for (const auto& [partition, offset] : history_.ends()) {
    json entry = {{"partition", partition}, {"position", offset}};
    const auto end = ends.find(partition);
    if (end != ends.end())
      entry["lag"] = std::max<std::int64_t>(0, end->second - offset);
    positions.push_back(std::move(entry));
  }
  const json state = {
      {"kind", "broadcast"},
      {"id", topic_},
      {"queue", mailbox().size()},
      {"buffered",
       {{"messages", buffer_.messages()}, {"bytes", buffer_.bytes()}}},
      {"members", members_.size()},
      {"catching_up", feeding_},
      {"history_bytes", history_.bytes()},
      {"positions", std::move(positions)},
      {"per_second", delivering_.per_second(now())},
      {"last_error", last_error_},
  };
  send(query.to, described{query.query, query.index, state.dump()});
}

}  // namespace wskafka
