#include "actors/consumer_group.hpp"

#include "actors/describe.hpp"
#include "actors/group_listener.hpp"
#include "actors/guard.hpp"
#include "actors/replies.hpp"

#include <caf/send.hpp>

#include <algorithm>
#include <utility>

namespace wskafka {
namespace {

using std::chrono::milliseconds;

/// Changes of the topics' union are applied this often at most.
constexpr milliseconds union_gap{1000};

/// An assignment without a single partition of a topic is believed when no
/// other one follows for this long: it may stem from the subscription before.
constexpr milliseconds settle_wait{500};

/// How long a handle may take to leave its group.
constexpr milliseconds close_time{10000};

bool includes(const std::set<std::string>& all,
              const std::set<std::string>& part) {
  return std::includes(all.begin(), all.end(), part.begin(), part.end());
}

}  // namespace

consumer_group::consumer_group(caf::actor_config& config, environment& shared,
                               std::string group, gateway_actor gateway)
    : consumer_group_actor::base(config),
      shared_(shared),
      group_(std::move(group)),
      gateway_(std::move(gateway)) {}

consumer_group_actor::behavior_type consumer_group::make_behavior() {
  listener_ = std::make_shared<listener>(consumer_group_actor{this});
  guard_handlers(this, shared_, [this] { end_members_after_failure(); });
  return {
      [this](join_group& request) { on_join(request); },
      [this](const leave_group& request) { on_leave(request); },
      [this](abandon_group) {
        ++seen_;
        if (phase_ == phase::idle && members_.empty())
          send(gateway_, group_idle{group_, seen_});
      },
      [this](const positions_confirmed& c) { on_confirmed(c); },
      [this](const gave_back& answer) { on_gave_back(answer); },
      [this](control_partitions& order) { on_control(order); },
      [this](inbox_ready) { on_inbox(); },
      [this](handover_due tick) { on_handover(tick); },
      [this](union_due tick) { on_union(tick); },
      [this](linger_due tick) { on_linger(tick); },
      [this](starts_due tick) { on_starts_due(tick); },
      [this](settle_due tick) { on_settle(tick); },
      [this](commit_due tick) { on_commit_due(tick); },
      [this](place_due) {
        place_armed_ = false;
        if (stopping_)
          return;
        if (has_members())
          place_members();
        else if (phase_ == phase::idle)
          send(gateway_, group_idle{group_, seen_});
      },
      [this](const begin_stop& order) { on_begin_stop(order); },
      [this](retire) { quit(); },
      [this](const describe& query) { on_describe(query); },
  };
}

void consumer_group::on_exit() {
  listener_->inbox.close();
  if (consumer_ && phase_ != phase::closing && !stopping_)
    consumer_->close(now() + close_time);
  consumer_.reset();
  members_.clear();
  // Only after a failure.
  items_.clear();
  outgoing_.clear();
  controls_.clear();
  seeks_.clear();
  send(gateway_, group_gone{group_});
  gateway_ = nullptr;
}

/// The actor failed: its members' clients are told by a close, and reconnect.
void consumer_group::end_members_after_failure() {
  for (const auto& [ws, m] : members_)
    shared_.sockets.send({m.to.ref, ws::close{ws::close_reason::internal}});
}

// -- members

void consumer_group::on_join(join_group& request) {
  ++seen_;
  if (stopping_) {
    const auto known = members_.find(request.from.ref.ws);
    if (known != members_.end())
      known->second.subscription = request.subscription;
    send(request.member,
         subscription_failed{request.subscription, shutting_down()});
    return;
  }
  member& m = members_[request.from.ref.ws];
  m.to = request.from;
  m.actor = std::move(request.member);
  m.subscription = request.subscription;
  m.topics = {request.topics.begin(), request.topics.end()};
  m.start = std::move(request.start);
  m.acks = request.acks;
  m.events = request.events;
  for (const std::string& topic : request.fresh)
    if (applied_.count(topic) == 0)
      counts_[topic] = 0;
  m.waiting = true;
  m.widens = request.widens;
  m.leaving = false;
  drain_unwanted(request.from.ref.ws);
  if (!request.widens)
    resume_all(request.from.ref.ws);
  for (const std::string& topic : m.topics)
    lingering_.erase(topic);
  place_soon();
}

/// Behind the joins that wait already: a thousand that come together cost one
/// distribution.
void consumer_group::place_soon() {
  if (!std::exchange(place_armed_, true))
    send(this, place_due{});
}

void consumer_group::on_leave(const leave_group& request) {
  const auto found = members_.find(request.ws);
  if (found == members_.end() ||
      found->second.subscription != request.subscription)
    return;
  member& m = found->second;
  m.waiting = m.placed = false;
  m.leaving = true;
  forget_controls(request.ws);
  std::vector<kafka::topic_partition> owned;
  for (auto& [at, p] : partitions_)
    if (p.owner == request.ws && !p.draining)
      owned.push_back(at);
  begin_drain(owned);
  for (auto& [at, p] : partitions_) {
    if (p.owner != request.ws)
      continue;
    take_sent(p, at, request.sent);
    if (request.gone)
      p.give_back(p.confirmed);
  }
  const time_point until = now() + shared_.options.consumer.group_linger;
  for (const std::string& topic : m.topics)
    lingering_.emplace(topic, until);
  for (const auto& [ws, other] : members_)
    if (!other.leaving)
      for (const std::string& topic : other.topics)
        lingering_.erase(topic);
  settle_drains();
  forget_left();
  arm_linger();
}

/// Whatever the members ask for that can be done now.
void consumer_group::place_members() {
  if (phase_ == phase::idle) {
    open();
    return;
  }
  if (phase_ == phase::settling && refused_)
    fail_waiting({}, to_protocol(*refused_));
  if (phase_ != phase::stable || stopping_)
    return;
  if (wanted_topics() != applied_)
    arm_union();
  begin_acks();
  answer_waiting();
  redistribute();
}

bool consumer_group::has_members() const {
  return std::any_of(members_.begin(), members_.end(),
                     [](const auto& m) { return !m.second.leaving; });
}

/// Members that left and own nothing any more.
void consumer_group::forget_left() {
  for (auto m = members_.begin(); m != members_.end();) {
    const std::uint64_t ws = m->first;
    const bool owns =
        std::any_of(partitions_.begin(), partitions_.end(),
                    [&](const auto& p) { return p.second.owner == ws; });
    m = m->second.leaving && !owns ? members_.erase(m) : std::next(m);
  }
}

/// Who was told to be subscribed learns of the end by a close, and reconnects.
void consumer_group::fail_members(const protocol::failure& why) {
  for (const auto& [ws, m] : members_)
    if (m.waiting)
      send(m.actor, subscription_failed{m.subscription, why});
    else if (!m.leaving)
      shared_.sockets.send({m.to.ref, ws::close{ws::close_reason::internal}});
  members_.clear();
}

// -- answers

void consumer_group::answer_waiting() {
  bool unsettled = false;
  for (auto& [ws, m] : members_) {
    if (!m.waiting || !includes(applied_, m.topics))
      continue;
    if (const kafka::failure* why = hopeless(m)) {
      m.waiting = false;
      send(m.actor, subscription_failed{m.subscription, to_protocol(*why)});
    } else if (!positioned(m)) {
      continue;
    } else if (missing_topics(m)) {
      unsettled = true;
    } else {
      answer(m);
    }
  }
  if (unsettled)
    delayed_send(this, settle_wait, settle_due{settle_generation_});
}

void consumer_group::answer(member& waiting) {
  waiting.waiting = false;
  waiting.placed = true;
  subscription_ready ready{waiting.subscription, {}, {}};
  if (waiting.start)
    ready.starts = starts_of(waiting);
  if (waiting.events && !waiting.widens)
    ready.owned = owned_of(waiting);
  send(waiting.actor, std::move(ready));
}

bool consumer_group::has_waiting() const {
  return std::any_of(members_.begin(), members_.end(),
                     [](const auto& m) { return m.second.waiting; });
}

/// Every partition of its topics that this process holds has a start, and Kafka
/// knows it where the group commits.
bool consumer_group::positioned(const member& waiting) const {
  return std::none_of(unstarted_.begin(), unstarted_.end(),
                      [&](const kafka::topic_partition& at) {
                        return waiting.topics.count(at.topic) > 0;
                      }) &&
         std::none_of(partitions_.begin(), partitions_.end(),
                      [&](const auto& p) {
                        return p.second.committed < 0 &&
                               waiting.topics.count(p.first.topic) > 0;
                      });
}

/// Why one of its partitions will have no start before the next assignment.
const kafka::failure* consumer_group::hopeless(const member& waiting) const {
  for (const auto& [at, why] : hopeless_)
    if (unstarted_.count(at) > 0 && waiting.topics.count(at.topic) > 0)
      return &why;
  return nullptr;
}

/// This process holds no partition at all of one of its topics.
bool consumer_group::missing_topics(const member& waiting) const {
  return std::any_of(waiting.topics.begin(), waiting.topics.end(),
                     [&](const std::string& topic) {
                       const auto at = partitions_.lower_bound({topic, 0});
                       return at == partitions_.end() ||
                              at->first.topic != topic;
                     });
}

void consumer_group::on_settle(const settle_due& tick) {
  if (tick.generation != settle_generation_ || phase_ != phase::stable)
    return;
  for (auto& [ws, m] : members_)
    if (m.waiting && includes(applied_, m.topics) && positioned(m))
      answer(m);
  redistribute();
}

// -- the subscription at Kafka

std::set<std::string> consumer_group::wanted_topics() {
  std::set<std::string> topics;
  for (const auto& [ws, m] : members_)
    if (!m.leaving)
      topics.insert(m.topics.begin(), m.topics.end());
  for (const auto& entry : lingering_)
    topics.insert(entry.first);
  return topics;
}

void consumer_group::arm_union() {
  if (std::exchange(union_armed_, true))
    return;
  delayed_send(
      this,
      std::max(applied_at_ + union_gap - now(), time_point::duration::zero()),
      union_due{});
}

void consumer_group::on_union(union_due) {
  union_armed_ = false;
  if (phase_ == phase::stable && !stopping_ && wanted_topics() != applied_)
    subscribe();
}

/// Without `autoCommit` nothing was committed before the first member with
/// acks: what it and others begin with is, before it is told to be subscribed.
void consumer_group::begin_acks() {
  if (acks_ || std::none_of(members_.begin(), members_.end(),
                            [](const auto& m) { return m.second.acks; }))
    return;
  const bool before = commits();
  acks_ = true;
  if (before)
    return;
  for (auto& [at, p] : partitions_)
    p.commit_anew();
  commit_confirmed();
}

void consumer_group::open() {
  begin_acks();
  auto joined = shared_.kafka.join(group_, listener_);
  if (!joined) {
    last_error_ = joined.error.code;
    fail_members(to_protocol(joined.error));
    send(gateway_, group_idle{group_, seen_});
    return;
  }
  consumer_ = std::move(*joined.value);
  subscribe();
}

void consumer_group::subscribe() {
  applied_ = wanted_topics();
  applied_at_ = now();
  const auto table = shared_.kafka.topics();
  std::map<std::string, std::int32_t> counts;
  std::map<std::string, std::uint64_t> born;
  for (const std::string& topic : applied_) {
    // What we know of it, until `topics_changed` says otherwise.
    const auto lived = born_.find(topic);
    born[topic] = lived != born_.end() ? lived->second : table->born(topic);
    const auto before = counts_.find(topic);
    const auto known = table->partitions.find(topic);
    counts[topic] = before != counts_.end()            ? before->second
                    : known != table->partitions.end() ? known->second
                                                       : 0;
  }
  counts_ = std::move(counts);
  born_ = std::move(born);
  rejoin_ = false;
  phase_ = phase::settling;
  consumer_->subscribe({applied_.begin(), applied_.end()});
}

/// One tick at a time: clients that come and go must not put it off for ever.
void consumer_group::arm_linger() {
  if (lingering_.empty() || stopping_ || std::exchange(linger_armed_, true))
    return;
  time_point next = time_point::max();
  for (const auto& entry : lingering_)
    next = std::min(next, entry.second);
  delayed_send(this, std::max(next - now(), time_point::duration::zero()),
               linger_due{});
}

void consumer_group::on_linger(linger_due) {
  linger_armed_ = false;
  if (stopping_)
    return;
  const time_point t = now();
  for (auto entry = lingering_.begin(); entry != lingering_.end();)
    entry = entry->second <= t ? lingering_.erase(entry) : std::next(entry);
  arm_linger();
  if (phase_ == phase::stable && has_members() && wanted_topics() != applied_)
    arm_union();
  close_if_left();
}

/// Nobody is left, and nobody who left may still confirm something: that is
/// waited for also where `group_linger` is shorter.
void consumer_group::close_if_left() {
  if (has_members() || !lingering_.empty() || phase_ == phase::idle ||
      phase_ == phase::closing)
    return;
  const bool draining =
      phase_ == phase::stable &&
      std::any_of(partitions_.begin(), partitions_.end(),
                  [](const auto& p) { return p.second.draining; });
  if (!draining)
    close();
}

void consumer_group::close() {
  // Not behind the one in flight: nothing is committed after it any more.
  committing_ = 0;
  commit_confirmed();
  phase_ = phase::closing;
  ++settle_generation_;
  lingering_.clear();
  const time_point by = stopping_ ? std::min(stop_deadline_, now() + close_time)
                                  : now() + close_time;
  consumer_->close(by);
}

// -- the end

void consumer_group::on_begin_stop(const begin_stop& order) {
  if (std::exchange(stopping_, true))
    return;
  stop_deadline_ = order.deadline;
  tell_draining();
  for (auto& [ws, m] : members_)
    if (std::exchange(m.waiting, false))
      send(m.actor, subscription_failed{m.subscription, shutting_down()});
  if (phase_ == phase::idle) {
    send(gateway_, group_stopped{group_, clean_});
    return;
  }
  if (phase_ == phase::closing)
    return;
  std::vector<kafka::topic_partition> owned;
  for (const auto& [at, p] : partitions_)
    if (p.owner != 0 && p.assigned && !p.draining)
      owned.push_back(at);
  begin_drain(owned);
  settle_drains();
}

void consumer_group::emit_error(const std::string& text) {
  event_info info;
  info.what = event::consumer_error;
  info.group = group_;
  info.text = text;
  shared_.events.emit(info);
}

}  // namespace wskafka
