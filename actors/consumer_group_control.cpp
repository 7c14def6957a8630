#include "actors/consumer_group.hpp"
#include "actors/replies.hpp"

#include <algorithm>
#include <utility>

/// What a group's members ask of their partitions: pause, resume, seek and
/// position; and what those that asked for events are told.
namespace wskafka {

// -- pause, resume, seek, position

/// While a rebalance is in progress nobody knows whose a partition will be.
void consumer_group::on_control(control_partitions& order) {
  if (phase_ == phase::stable)
    carry_out(order);
  else
    controls_.push_back(std::move(order));
}

void consumer_group::carry_out_waiting() {
  for (control_partitions& order : std::exchange(controls_, {}))
    on_control(order);
}

void consumer_group::carry_out(control_partitions& order) {
  if (order.all)
    for (const auto& [at, p] : partitions_)
      if (owned_by(order.ws, at))
        order.partitions.push_back({at, 0});
  const bool stops = order.what == partition_action::pause ||
                     order.what == partition_action::seek;
  std::optional<protocol::failure> refused;
  if (now() >= order.deadline)
    refused = {protocol::error_code::timeout, "It came too late."};
  for (const kafka::position& each : order.partitions) {
    if (owned_by(order.ws, each.at)) {
      // What the member has dropped is fetched again, whatever follows.
      if (stops)
        rewind(each.at, partitions_[each.at], order.sent);
    } else if (!refused) {
      refused = {protocol::error_code::invalid_request,
                 "Partition " + std::to_string(each.at.partition) +
                     " of the topic \"" + each.at.topic +
                     "\" is not assigned to this connection."};
    }
  }
  if (refused) {
    answer(order, std::move(*refused));
    return;
  }
  if (order.what == partition_action::seek) {
    begin_seek(order);
    return;
  }
  partitions_controlled told{order.request, {}, std::nullopt};
  for (const kafka::position& each : order.partitions) {
    group_partition& p = partitions_[each.at];
    if (order.what == partition_action::pause) {
      p.paused = true;
      consumer_->give(each.at, nullptr, p.owner_epoch);
    } else if (order.what == partition_action::resume && p.paused) {
      p.paused = false;
      let_flow(each.at, p);
    }
    told.positions.push_back({each.at, p.sent_end(each.at, order.sent)});
  }
  send(members_.at(order.ws).actor, std::move(told));
}

/// One that moves away is not the member's own any more.
bool consumer_group::owned_by(std::uint64_t ws,
                              const kafka::topic_partition& at) const {
  const auto found = partitions_.find(at);
  return found != partitions_.end() && found->second.owner == ws &&
         !found->second.draining;
}

/// Goes on behind what was sent.
void consumer_group::rewind(const kafka::topic_partition& at,
                            group_partition& p,
                            const std::vector<owned_position>& sent) {
  p.rewind(p.sent_end(at, sent));
  fetch_from(at, p);
}

void consumer_group::let_flow(const kafka::topic_partition& at,
                              const group_partition& p) {
  if (p.flows())
    consumer_->give(at, members_.at(p.owner).to.account, p.owner_epoch);
}

void consumer_group::answer(const control_partitions& order,
                            protocol::failure why) {
  const auto m = members_.find(order.ws);
  if (m != members_.end())
    send(m->second.actor,
         partitions_controlled{order.request, {}, std::move(why)});
}

/// The new position is the group's own when the member hears of it.
void consumer_group::begin_seek(control_partitions& order) {
  const std::uint64_t id = ++commit_ids_;
  for (const kafka::position& to : order.partitions) {
    group_partition& p = partitions_[to.at];
    p.seeking = id;
    consumer_->give(to.at, nullptr, p.owner_epoch);
  }
  const auto positions = order.partitions;
  seeks_[id] = std::move(order);
  if (commits() && !positions.empty())
    consumer_->commit(id, positions);
  else
    end_seek(id, nullptr);
}

/// False: it was no seek's.
bool consumer_group::on_committed_seek(const kafka::committed& event) {
  if (seeks_.count(event.id) == 0)
    return false;
  if (event.error) {
    ++shared_.count.commit_failures;
    last_error_ = event.error->code;
    emit_error(event.error->message);
    end_seek(event.id, &*event.error);
  } else {
    ++shared_.count.commits;
    end_seek(event.id, nullptr);
  }
  return true;
}

/// Kafka may hold the position of one that failed or came too late; those that
/// have the partitions go on elsewhere, and commit that again.
void consumer_group::end_seek(std::uint64_t id, const kafka::failure* refused) {
  const control_partitions order = std::move(seeks_.extract(id).mapped());
  bool moved = false;
  for (const kafka::position& to : order.partitions) {
    const auto found = partitions_.find(to.at);
    if (found == partitions_.end()) {
      moved = true;
      continue;
    }
    group_partition& p = found->second;
    const bool late = p.seeking != id;
    moved = moved || late;
    if (commits() && (late || refused))
      p.commit_anew();
    if (late) {
      if (owned_by(order.ws, to.at) && p.seeking == 0)
        hand_again(to.at, p);
      continue;
    }
    p.seeking = 0;
    if (!refused)
      p.begin_at(to.offset, ++owner_epochs_);
    if (p.draining)
      continue;
    fetch_from(to.at, p);
    let_flow(to.at, p);
  }
  if (refused) {
    answer(order, to_protocol(*refused));
  } else if (moved) {
    answer(order,
           {"REBALANCE_IN_PROGRESS",
            "The partitions were assigned anew before the seek ended.", false});
  } else {
    const auto m = members_.find(order.ws);
    if (m != members_.end())
      send(m->second.actor, partitions_controlled{
                                order.request, order.partitions, std::nullopt});
  }
  settle_drains();
  arm_commit();
}

/// It came back before its member's seek ended, and the member drops it until
/// it is answered.
void consumer_group::hand_again(const kafka::topic_partition& at,
                                group_partition& p) {
  // What is gathered in this burst goes before that answer, too.
  send_deliveries();
  p.begin_again(++owner_epochs_);
  fetch_from(at, p);
  let_flow(at, p);
}

void consumer_group::forget_controls(std::uint64_t ws) {
  controls_.erase(
      std::remove_if(controls_.begin(), controls_.end(),
                     [&](const auto& order) { return order.ws == ws; }),
      controls_.end());
}

/// The handle is gone, and with it every position but the commits.
void consumer_group::fail_controls() {
  const protocol::failure why{protocol::error_code::internal,
                              "The group's membership ended meanwhile."};
  for (const control_partitions& order : std::exchange(controls_, {}))
    answer(order, why);
  for (const auto& [id, order] : std::exchange(seeks_, {}))
    answer(order, why);
}

/// A pause ends with the subscription that it was asked for.
void consumer_group::resume_all(std::uint64_t ws) {
  for (auto& [at, p] : partitions_)
    if (p.owner == ws && std::exchange(p.paused, false))
      let_flow(at, p);
}

// -- events

/// Where the partitions of its topics stand that this process holds.
std::vector<owned_position> consumer_group::starts_of(const member& m) const {
  std::vector<owned_position> starts;
  for (const auto& [at, p] : partitions_)
    if (m.topics.count(at.topic) > 0)
      starts.push_back(
          {at, p.owner == m.to.ref.ws ? p.owner_epoch : 0, p.confirmed});
  return starts;
}

std::vector<owned_position> consumer_group::owned_of(const member& m) const {
  std::vector<owned_position> owned;
  for (const auto& [at, p] : partitions_)
    if (p.owner == m.to.ref.ws)
      owned.push_back({at, p.owner_epoch, p.confirmed});
  return owned;
}

/// Who waits for its answer is told all that it owns with that.
bool consumer_group::hears(const member& m, const std::string& topic) {
  return m.events && (!m.waiting || m.widens) && !m.leaving &&
         (topic.empty() || m.topics.count(topic) > 0);
}

/// Gathered, until `tell_owners`.
void consumer_group::tell_owner(std::uint64_t ws, const owned_position& at,
                                bool assigned) {
  const auto m = members_.find(ws);
  if (m == members_.end())
    return;
  if (!assigned && !m->second.leaving)
    moved_[ws].push_back(at.at);
  if (hears(m->second, at.at.topic))
    told_[{ws, assigned}].push_back(at);
}

void consumer_group::tell_owners() {
  for (auto& [whom, positions] : std::exchange(told_, {})) {
    const auto m = members_.find(whom.first);
    if (m != members_.end())
      send(m->second.actor,
           ownership_changed{m->second.subscription, whom.second,
                             std::move(positions)});
  }
  // Behind that: records may take the places of what was taken.
  for (auto& [ws, partitions] : std::exchange(moved_, {})) {
    const auto m = members_.find(ws);
    if (m != members_.end())
      send(m->second.actor,
           partitions_moved{m->second.subscription, std::move(partitions)});
  }
}

void consumer_group::tell_trouble(const kafka::consumer_failed& event) {
  for (const auto& [ws, m] : members_)
    if (hears(m, event.topic))
      send(m.actor, subscription_trouble{m.subscription, to_protocol(event.why),
                                         event.topic});
}

/// Behind all that is delivered: what a burst brought was sent at its end.
void consumer_group::tell_draining() {
  for (const auto& [ws, m] : members_) {
    if (!hears(m, {}))
      continue;
    group_draining told{m.subscription, {}};
    for (const auto& [at, p] : partitions_)
      if (p.owner == ws && !p.draining)
        told.confirmed.push_back({at, p.owner_epoch, p.confirmed});
    send(m.actor, std::move(told));
  }
}

}  // namespace wskafka
