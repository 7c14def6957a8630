#include "actors/connection.hpp"
#include "protocol/render.hpp"

#include <algorithm>
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
  if (overtaking_ && &op == &*overtaking_)
    supersede();
  leave(false);
  subscription next;
  next.number = next.membership = number;
  next.topics = current_->request.topics;
  for (std::size_t i = 0; i < links.size(); ++i)
    next.broadcasts[next.topics[i]].link = links[i];
  subscription_ = std::move(next);
  current_->at = step::joining;
  // Requests, so that CAF tells when an actor fails before it has read one.
  for (const broadcast_link& link : links)
    request(
        link, caf::infinite,
        join_broadcast{to_, number, broadcast_member{connection_actor{this}},
                       asking_time(current_->request),
                       current_->request.mode.look, current_->request.start})
        .then([] {},
              [this, number](const caf::error&) { on_group_lost(number); });
}

void connection::on_broadcast_ready(const broadcast_ready& ready) {
  if (!current_ || current_->number != ready.subscription ||
      current_->at != step::joining)
    return;
  auto& topics = subscription_->broadcasts;
  broadcast_topic& topic = topics.at(ready.topic);
  topic.channel = ready.channel;
  topic.starts = ready.starts;
  topic.recovered = ready.recovered;
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
  for (auto& [topic, entry] : subscription_->broadcasts) {
    shared_.sockets.send(
        {to_.ref, ws::join_channel{entry.channel, behind, behind}});
    entry.feeding = behind;
    entry.starts.clear();
  }
  ask_for_more();
}

void connection::ask_for_more() {
  if (!subscription_)
    return;
  for (const auto& [topic, entry] : subscription_->broadcasts)
    if (entry.feeding)
      send(entry.link, feed_member{to_.ref.ws, subscription_->number});
}

void connection::on_caught_up(const broadcast_caught_up& told) {
  if (subscription_ && subscription_->number == told.subscription)
    subscription_->broadcasts.at(told.topic).feeding = false;
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
