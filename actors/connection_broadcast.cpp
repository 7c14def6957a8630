#include "actors/connection.hpp"
#include "actors/positions_text.hpp"
#include "protocol/render.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

/// A connection's broadcast subscription: a member of each topic's broadcast,
/// and of its channel in the shard once all of them stand and the subscribe is
/// answered.
namespace wskafka {

void connection::seek_broadcasts(operation& op) {
  send(gateway_, find_broadcasts{op.request.topics, op.number,
                                 broadcast_seeker{connection_actor{this}}});
}

void connection::on_broadcasts_found(const broadcasts_found& found) {
  --finding_;
  if (operation* op = find(found.subscription)) {
    admit(*op, found.links);
    advance();
    return;
  }
  // Timed out or superseded meanwhile; the broadcasts count on hearing from us.
  for (const broadcast_link& link : found.links)
    send(link, abandon_broadcast{});
  quit_if_done();
}

/// The earlier subscription ends here.
void connection::admit(operation& op,
                       const std::vector<broadcast_link>& links) {
  const std::uint64_t number = op.number;
  if (&op == overtaking_.get())
    supersede();
  if (current_->request.widens != 0) {
    subscription& known = *subscription_;
    known.topics.insert(known.topics.end(), current_->fresh.begin(),
                        current_->fresh.end());
    join(current_->fresh, links);
    return;
  }
  leave(false);
  subscription next;
  next.number = next.membership = number;
  next.topics = current_->request.topics;
  keep_pattern(next, *current_);
  subscription_ = std::move(next);
  join(subscription_->topics, links);
}

void connection::join(const std::vector<std::string>& topics,
                      const std::vector<broadcast_link>& links) {
  for (std::size_t i = 0; i < links.size(); ++i)
    subscription_->broadcasts[topics[i]].link = links[i];
  current_->at = step::joining;
  const std::uint64_t number = current_->number;
  const bool again = std::exchange(had_broadcasts_, true);
  // Requests, so that CAF tells when an actor fails before it has read one.
  for (const broadcast_link& link : links)
    request(link, caf::infinite,
            join_broadcast{
                to_, subscription_->number,
                broadcast_member{connection_actor{this}},
                asking_time(current_->request), current_->request.mode.look,
                current_->request.mode.gaps, current_->request.mode.events,
                again, current_->request.start})
        .then([] {},
              [this, number](const caf::error&) { on_group_lost(number); });
}

void connection::on_broadcast_ready(const broadcast_ready& ready) {
  if (!current_ || current_->at != step::joining || !subscription_ ||
      subscription_->number != ready.subscription)
    return;
  auto& topics = subscription_->broadcasts;
  broadcast_topic& topic = topics.at(ready.topic);
  topic.channel = ready.channel;
  topic.starts = ready.starts;
  topic.recovered = ready.recovered;
  topic.channel_at = ready.channel_at;
  answer_if_all_stand();
}

void connection::answer_if_all_stand() {
  const auto& topics = subscription_->broadcasts;
  if (std::any_of(topics.begin(), topics.end(),
                  [](const auto& t) { return t.second.channel == 0; }))
    return;
  subscribed(started());
}

/// What the reply says of the start, if that was asked for.
std::string connection::started() const {
  const start_point* const start = current_->request.start.get();
  if (!start)
    return {};
  std::string text = ",\"pos\":[";
  bool recovered = true;
  for (const auto& [topic, entry] : subscription_->broadcasts) {
    for (const auto& [partition, offset] : entry.starts) {
      if (text.back() != '[')
        text += ',';
      protocol::append_position(text, topic, partition, offset);
    }
    recovered = recovered && entry.recovered;
  }
  text += ']';
  if (start->what == start_point::kind::positions)
    text += recovered ? ",\"recovered\":true" : ",\"recovered\":false";
  return text;
}

/// Behind the reply, and before whatever request comes next.
void connection::join_channels() {
  const bool behind = current_->request.start != nullptr;
  const delivery_mode& mode = current_->request.mode;
  for (auto& [topic, entry] : subscription_->broadcasts) {
    if (std::exchange(entry.joined, true))
      continue;
    ws::join_channel join;
    join.channel = entry.channel;
    join.gaps = mode.gaps;
    join.behind = behind;
    join.drops = mode.slow == protocol::slow_policy::drop;
    join.from = std::exchange(entry.channel_at, nullptr);
    shared_.sockets.send({to_.ref, std::move(join)});
    entry.feeding = behind;
    entry.starts.clear();
  }
  ask_for_more();
}

/// Not while its positions are being changed.
void connection::ask_for_more() {
  if (!subscription_ || (current_ && current_->at == step::controlling))
    return;
  for (const auto& [topic, entry] : subscription_->broadcasts)
    if (entry.feeding)
      send(entry.link, feed_member{to_.ref.ws, subscription_->number});
}

void connection::on_caught_up(const broadcast_caught_up& told) {
  if (subscription_ && subscription_->number == told.subscription)
    subscription_->broadcasts.at(told.topic).feeding = false;
}

// -- pause, resume, seek, position

/// Each topic's shard is asked first: it alone knows what was sent.
void connection::control_broadcasts(operation& op) {
  std::set<std::string> topics;
  for (const kafka::position& each : op.request.partitions)
    topics.insert(each.at.topic);
  if (op.request.all_partitions)
    for (const auto& entry : subscription_->broadcasts)
      topics.insert(entry.first);
  for (const std::string& topic : topics)
    if (subscription_->broadcasts.count(topic) == 0) {
      fail(op.request,
           {protocol::error_code::invalid_request,
            "This connection is not subscribed to \"" + topic + "\"."});
      drop(&op);
      return;
    }
  if (topics.empty()) {
    succeed(op.request, "[]");
    drop(&op);
    return;
  }
  op.unanswered = topics.size();
  for (const std::string& topic : topics)
    ask_place(subscription_->broadcasts.at(topic).channel, op);
}

void connection::ask_place(std::uint64_t channel, const operation& op) {
  const bool stay = op.request.action == partition_action::position ||
                    op.request.action == partition_action::resume;
  shared_.sockets.send({to_.ref, ws::stand_aside{channel, op.number, stay}});
}

void connection::on_place(ws::stands_aside& place) {
  if (!subscription_)
    return;
  auto& topics = subscription_->broadcasts;
  const auto found = std::find_if(
      topics.begin(), topics.end(),
      [&](const auto& each) { return each.second.channel == place.channel; });
  if (found == topics.end())
    return;
  broadcast_topic& topic = found->second;
  topic.feeding = topic.feeding || place.behind;
  operation* const op = place.request == 0 ? nullptr : find(place.request);
  if (op == nullptr) {
    // Too slow, or the request has timed out.
    if (place.behind)
      send(topic.link,
           member_fell_behind{to_.ref.ws, subscription_->number,
                              place.request == 0, std::move(place.next)});
    return;
  }
  control_member order;
  order.ws = to_.ref.ws;
  order.subscription = subscription_->number;
  order.request = op->number;
  order.what = op->request.action;
  order.all = op->request.all_partitions;
  for (const kafka::position& each : op->request.partitions)
    if (each.at.topic == found->first)
      order.partitions[each.at.partition] = each.offset;
  order.place = std::move(place);
  send(topic.link, std::move(order));
}

/// Answered when all have. A topic that refuses does not undo the others.
void connection::on_broadcast_controlled(const broadcast_controlled& told) {
  constexpr unsigned most_tries = 100;
  operation* const op = find(told.request);
  if (op == nullptr) {
    ask_for_more();
    return;
  }
  if (told.ask_again && ++op->tries < most_tries) {
    ask_place(subscription_->broadcasts.at(told.topic).channel, *op);
    return;
  }
  if (told.ask_again)
    op->refused = {protocol::error_code::internal,
                   "The position could not be found."};
  else if (told.why)
    op->refused = told.why;
  op->positions.insert(op->positions.end(), told.positions.begin(),
                       told.positions.end());
  if (--op->unanswered > 0)
    return;
  if (op->refused)
    fail(op->request, *op->refused);
  else
    succeed(op->request, positions_text(op->positions));
  drop(op);
  ask_for_more();
}

void connection::on_broadcast_ended(const broadcast_ended& told) {
  if (!subscription_ || subscription_->number != told.subscription)
    return;
  auto& topics = subscription_->broadcasts;
  const auto found = topics.find(told.topic);
  if (found == topics.end())
    return;
  found->second.ended = told.positions;
  std::vector<kafka::position> positions;
  for (const auto& [topic, entry] : topics) {
    if (!entry.ended)
      return;
    positions.insert(positions.end(), entry.ended->begin(), entry.ended->end());
  }
  tell_draining(positions);
}

void connection::leave_broadcasts() {
  for (const auto& [topic, entry] : subscription_->broadcasts) {
    if (entry.channel != 0)
      shared_.sockets.send({to_.ref, ws::leave_channel{entry.channel}});
    send(entry.link, leave_broadcast{to_.ref.ws, subscription_->number});
  }
  subscription_.reset();
  hold_ = false;
}

}  // namespace wskafka
