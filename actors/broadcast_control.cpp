#include "actors/broadcast.hpp"

#include <utility>

/// Members that stand aside in the channel: paused, on their way to another
/// position, or too slow. Each has a feed of its own until it is where the
/// others are.
namespace wskafka {

/// Where a member is that its shard says is there.
partition_positions broadcast::place_of(const ws::partition_ends& told) const {
  // Of newer partitions it was sent nothing.
  partition_positions at = history_.begins();
  for (const ws::partition_end& each : told) {
    const auto end = history_.ends().find(each.partition);
    // Else that is of the topic before this one.
    if (end != history_.ends().end() && each.offset <= end->second)
      at[each.partition] = each.offset;
  }
  return at;
}

void broadcast::on_fell_behind(const member_fell_behind& told) {
  const auto found = members_.find(told.ws);
  if (found == members_.end() ||
      found->second.subscription != told.subscription || found->second.feed)
    return;
  fall_behind(found->second, told.next);
  found->second.feed->skips = told.slow;
}

void broadcast::fall_behind(member& m, const ws::partition_ends& next) {
  m.feed = std::make_unique<broadcast_feed>();
  broadcast_feed& f = *m.feed;
  f.next.at = place_of(next);
  f.ready = true;
  ++feeding_;
  --audience(m.look).present;
}

void broadcast::on_control(const control_member& order) {
  const auto found = members_.find(order.ws);
  if (found == members_.end() ||
      found->second.subscription != order.subscription)
    return;
  member& m = found->second;
  broadcast_controlled told;
  told.request = order.request;
  told.topic = topic_;
  if (!m.feed && !order.place.known) {
    told.ask_again = true;
    send(m.actor, std::move(told));
    return;
  }
  if (!m.feed && order.place.behind)
    fall_behind(m, order.place.next);
  told.why = refuse(order);
  if (m.feed)
    m.feed->open = false;
  if (!told.why) {
    if (order.what == partition_action::pause)
      pause(*m.feed);
    else if (order.what == partition_action::seek)
      seek(*m.feed, order.partitions);
    else if (order.what == partition_action::resume && m.feed)
      m.feed->paused = false;
    told.positions =
        positions_of(m.feed ? m.feed->next.at : place_of(order.place.next));
  }
  send(m.actor, std::move(told));
}

/// Frames mix partitions, so that a topic can be paused as a whole only.
std::optional<protocol::failure> broadcast::refuse(
    const control_member& order) const {
  for (const auto& [partition, offset] : order.partitions)
    if (history_.ends().count(partition) == 0)
      return protocol::failure{protocol::error_code::invalid_request,
                               "The topic \"" + topic_ +
                                   "\" has no partition " +
                                   std::to_string(partition) + '.'};
  const bool whole =
      order.all || order.partitions.size() == history_.ends().size();
  if (order.what != partition_action::seek && !whole)
    return protocol::failure{
        protocol::error_code::invalid_request,
        "With p.broadcast a topic is paused and resumed as a whole: all "
        "partitions of \"" +
            topic_ + "\" or none."};
  return std::nullopt;
}

void broadcast::pause(broadcast_feed& f) {
  end_read(f);
  asked_.erase(std::exchange(f.question, 0));
  f.paused = true;
  f.skips = false;
}

/// Where that leads is found out when the client has its answer.
void broadcast::seek(broadcast_feed& f, const partition_positions& to) {
  end_read(f);
  asked_.erase(std::exchange(f.question, 0));
  f.skips = false;
  f.gaps.clear();
  for (const auto& [partition, offset] : to)
    f.next.at[partition] = offset;
  f.next.flush = 0;
  f.next.again = true;
  auto start = std::make_shared<start_point>();
  start->what = start_point::kind::positions;
  start->listed[topic_] = f.next.at;
  start->lenient = true;
  f.start = std::move(start);
}

/// It has room again: what came meanwhile is a gap.
void broadcast::skip(member& m) {
  broadcast_feed& f = *m.feed;
  for (const auto& [partition, end] : history_.ends()) {
    const std::int64_t at = std::exchange(f.next.at[partition], end);
    if (at >= end)
      continue;
    shared_.count.dropped_records += static_cast<std::uint64_t>(end - at);
    f.gaps.push_back(make_gap(shared_, topic_, partition, at, end, "slow"));
  }
  catch_up(m, {});
}

std::vector<kafka::position> broadcast::positions_of(
    const partition_positions& at) const {
  std::vector<kafka::position> positions;
  for (const auto& [partition, offset] : at)
    positions.push_back({{topic_, partition}, offset});
  return positions;
}

/// Behind the last frame.
void broadcast::tell_ended() {
  for (const auto& [ws, m] : members_)
    if (m.events && !m.waiting)
      send(m.actor, broadcast_ended{m.subscription, topic_,
                                    positions_of(m.feed ? m.feed->next.at
                                                        : history_.ends())});
}

}  // namespace wskafka
