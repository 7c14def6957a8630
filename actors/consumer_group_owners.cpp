#include "actors/consumer_group.hpp"
#include "actors/describe.hpp"

#include <algorithm>
#include <utility>

namespace wskafka {

// -- who owns what

/// Moves partitions so that every member has its share. One that has an owner
/// is drained first and given away when that is done.
void consumer_group::redistribute() {
  if (phase_ != phase::stable || stopping_)
    return;
  interests wanting;
  for (const auto& [ws, m] : members_)
    if (!m.leaving && m.placed)
      wanting[ws] = m.topics;
  ownership present;
  for (const auto& [at, p] : partitions_)
    present[at] = p.draining ? 0 : p.owner;
  std::vector<kafka::topic_partition> moving;
  for (const auto& [at, owner] : distribute(wanting, present)) {
    group_partition& p = partitions_[at];
    if (p.draining || p.owner == owner)
      continue;
    if (p.owner == 0)
      give(at, p, owner);
    else
      moving.push_back(at);
  }
  begin_drain(moving);
  tell_owners();
}

/// Of topics that it gave up the member drops all that it has: at once, in any
/// phase, lest it goes on behind the dropped records when it wants them again.
void consumer_group::drain_unwanted(std::uint64_t ws) {
  std::vector<kafka::topic_partition> unwanted;
  for (const auto& [at, p] : partitions_)
    if (p.owner == ws && !p.draining &&
        members_.at(ws).topics.count(at.topic) == 0)
      unwanted.push_back(at);
  begin_drain(unwanted);
}

void consumer_group::give(const kafka::topic_partition& at, group_partition& p,
                          std::uint64_t owner) {
  p.hand_to(owner, ++owner_epochs_);
  let_flow(at, p);
  tell_owner(owner, {at, p.owner_epoch, p.handed}, true);
}

// -- draining

/// Stops delivery, and asks the owners how far they got and to have it
/// confirmed.
void consumer_group::begin_drain(
    const std::vector<kafka::topic_partition>& partitions) {
  std::map<std::uint64_t, take_back> orders;
  for (const kafka::topic_partition& at : partitions) {
    group_partition& p = partitions_[at];
    take_back& order = orders[p.owner];
    if (order.order == 0)
      order.order = ++drain_orders_;
    order.partitions.push_back(at);
    p.draining = true;
    p.given_back = false;
    p.drain_order = order.order;
    p.drain_until = now() + shared_.options.consumer.handover_timeout;
    consumer_->give(at, nullptr, p.owner_epoch);
  }
  // What is gathered in this burst was handed out before.
  send_deliveries();
  for (auto& [ws, order] : orders) {
    const member& m = members_.at(ws);
    order.subscription = m.subscription;
    if (!m.leaving)
      send(m.actor, order);
  }
  if (!orders.empty())
    arm_handover();
}

void consumer_group::on_gave_back(const gave_back& answer) {
  for (auto& [at, p] : partitions_)
    if (p.draining && p.owner == answer.ws && p.drain_order == answer.order)
      take_sent(p, at, answer.positions);
  settle_drains();
}

void consumer_group::take_sent(group_partition& p,
                               const kafka::topic_partition& at,
                               const std::vector<owned_position>& sent) {
  p.give_back(p.sent_end(at, sent));
  if (!confirms(p.owner))
    p.confirmed = p.handed;
}

bool consumer_group::confirms(std::uint64_t ws) const {
  const auto m = members_.find(ws);
  return shared_.options.consumer.auto_commit ||
         (m != members_.end() && m->second.acks);
}

/// Whether the partition need not be waited for any more.
bool consumer_group::complete(group_partition& p) {
  if (p.drained())
    return true;
  const auto owner = members_.find(p.owner);
  if (owner == members_.end())
    return true;
  if (p.given_back && owner->second.tardy)
    return true;
  if (now() < p.drain_until)
    return false;
  owner->second.tardy = true;
  ++shared_.count.handover_timeouts;
  return true;
}

void consumer_group::settle_drains() {
  bool outstanding = false;
  bool moved = false;
  const bool moving = phase_ == phase::stable && !stopping_;
  for (auto& [at, p] : partitions_) {
    if (!p.draining)
      continue;
    if (!complete(p)) {
      outstanding = true;
    } else if (moving) {
      finish_drain(at, p);
      moved = true;
    }
  }
  if (phase_ == phase::closing || phase_ == phase::idle)
    return;
  if (stopping_) {
    if (!outstanding)
      close();
  } else if (phase_ == phase::revoking) {
    if (!outstanding)
      commit_before_revoke();
  } else if (moved) {
    redistribute();
    forget_left();
    close_if_left();
  }
}

/// The partition is free: whoever gets it starts at the first unconfirmed
/// record.
void consumer_group::finish_drain(const kafka::topic_partition& at,
                                  group_partition& p) {
  tell_owner(p.owner, {at, 0, p.confirmed}, false);
  p.hand_to(0, ++owner_epochs_);
  fetch_from(at, p);
}

void consumer_group::arm_handover() {
  if (std::exchange(handover_armed_, true))
    return;
  delayed_send(this, shared_.options.consumer.handover_timeout, handover_due{});
}

void consumer_group::on_handover(handover_due) {
  handover_armed_ = false;
  settle_drains();
  if (phase_ == phase::revoking && now() >= revoke_until_)
    answer_revoke();
  const bool draining =
      std::any_of(partitions_.begin(), partitions_.end(),
                  [](const auto& p) { return p.second.draining; });
  if (draining || phase_ == phase::revoking)
    arm_handover();
}

// -- confirmations and commits

void consumer_group::on_confirmed(const positions_confirmed& confirmed) {
  for (const owned_position& end : confirmed.positions) {
    const auto found = partitions_.find(end.at);
    if (found == partitions_.end() ||
        !found->second.confirm(confirmed.ws, end.owner_epoch, end.offset))
      ++shared_.count.ignored_confirmations;
  }
  const auto m = members_.find(confirmed.ws);
  if (m != members_.end() && confirmed.everything)
    m->second.tardy = false;
  settle_drains();
  arm_commit();
}

/// Commits at once when the last commit is long enough ago, else when it is.
void consumer_group::arm_commit() {
  if (committing_ != 0 || commit_armed_)
    return;
  const time_point next =
      committed_at_ + shared_.options.consumer.auto_commit_interval;
  if (now() >= next) {
    commit_confirmed();
    return;
  }
  commit_armed_ = true;
  delayed_send(this, next - now(), commit_due{});
}

void consumer_group::on_commit_due(commit_due) {
  commit_armed_ = false;
  commit_confirmed();
}

/// Whether the list shows the topic that was subscribed, and not another one of
/// its name: Kafka would take what was read of the old one for the new.
bool consumer_group::lives(const std::string& topic,
                           const kafka::topic_table& table) const {
  const auto born = born_.find(topic);
  return renewed_.count(topic) == 0 &&
         (born == born_.end() || born->second == 0 ||
          born->second == table.born(topic));
}

/// True when a commit was sent.
bool consumer_group::commit_confirmed() {
  // While a new subscription settles, what is assigned is still ours.
  const bool left = phase_ == phase::idle || phase_ == phase::closing;
  if (committing_ != 0 || !commits() || left)
    return false;
  // Now, not as it was when `topics_changed` came last.
  const auto table = shared_.kafka.topics();
  std::vector<kafka::position> positions;
  for (const auto& [at, p] : partitions_)
    if (p.assigned && p.seeking == 0 && p.confirmed > p.committed &&
        lives(at.topic, *table))
      positions.push_back({at, p.confirmed});
  if (positions.empty())
    return false;
  committing_ = ++commit_ids_;
  committed_at_ = now();
  consumer_->commit(committing_, std::move(positions));
  return true;
}

void consumer_group::on_kafka(kafka::committed& event) {
  if (event.id == committing_starts_) {
    on_committed_starts(event);
    return;
  }
  if (on_committed_seek(event))
    return;
  if (event.error) {
    ++shared_.count.commit_failures;
    last_error_ = event.error->code;
    emit_error(event.error->message);
  } else {
    ++shared_.count.commits;
    for (const kafka::position& position : event.positions) {
      const auto found = partitions_.find(position.at);
      if (found != partitions_.end())
        found->second.committed =
            std::max(found->second.committed, position.offset);
    }
  }
  if (event.id != committing_)
    return;
  committing_ = 0;
  if (phase_ == phase::revoking) {
    // The last one is not repeated: the revoke does not wait for ever.
    if (event.error && event.id == last_commit_)
      answer_revoke();
    else
      settle_drains();
    return;
  }
  // What was confirmed meanwhile.
  arm_commit();
  if (has_waiting())
    place_soon();
}

// -- state

void consumer_group::on_describe(const describe& query) {
  static constexpr const char* phases[] = {"idle",   "settling", "starting",
                                           "stable", "revoking", "closing"};
  std::map<kafka::topic_partition, std::int64_t> ends;
  if (consumer_)
    for (const kafka::position& end : consumer_->ends())
      ends[end.at] = end.offset;
  // As the members' own states have it: an account has its replies, too.
  std::size_t bytes = 0;
  for (const auto& [ws, m] : members_)
    bytes += m.to.account->held(net::direction::out);
  std::int64_t messages = 0;
  json assignment = json::array();
  for (const auto& [at, p] : partitions_) {
    messages += p.outstanding();
    if (!p.assigned)
      continue;
    const auto owner = members_.find(p.owner);
    json entry = {
        {"topic", at.topic},
        {"partition", at.partition},
        {"ws", p.owner},
        {"position", p.handed},
        {"confirmed", p.confirmed},
        {"owner_epoch", p.owner_epoch},
        {"credit", owner == members_.end()
                       ? 0
                       : owner->second.to.account->delivery_credit()}};
    if (p.paused)
      entry["paused"] = true;
    if (p.committed >= 0)
      entry["committed"] = p.committed;
    const auto end = ends.find(at);
    if (end != ends.end() && p.committed >= 0)
      entry["lag"] = std::max<std::int64_t>(0, end->second - p.committed);
    assignment.push_back(std::move(entry));
  }
  const json state = {
      {"kind", "consumer_group"},
      {"id", group_},
      {"queue", mailbox().size()},
      {"phase", phases[static_cast<int>(phase_)]},
      {"members", members_.size()},
      {"buffered", {{"messages", messages}, {"bytes", bytes}}},
      {"per_second", fetching_.per_second(now())},
      {"topics", applied_},
      {"assignment", std::move(assignment)},
      {"last_error", last_error_},
  };
  send(query.to, described{query.query, query.index, state.dump()});
}

}  // namespace wskafka
