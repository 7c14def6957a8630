#include "actors/consumer_group.hpp"
#include "actors/group_listener.hpp"
#include "actors/replies.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

namespace wskafka {
namespace {

/// Kafka's ListOffsets timestamps.
constexpr std::int64_t first_record = -2;
constexpr std::int64_t the_end = -1;

/// Starts that cannot be found or committed are tried again this often, this
/// many times, before the rebalance is answered without them.
constexpr std::chrono::milliseconds start_retry{1000};
constexpr unsigned start_tries = 5;
/// Where other partitions have theirs and wait to be fetched, not so often.
constexpr unsigned start_tries_before_others = 2;

/// Then Kafka is asked to assign anew, after pauses that double: each costs the
/// whole group a rebalance.
constexpr std::chrono::milliseconds first_start_pause{5000};
constexpr std::chrono::milliseconds longest_start_pause{120'000};

constexpr std::chrono::milliseconds start_timeout{5000};

/// Of a commit's errors that are not retriable most end with a rebalance; these
/// do not.
bool denied(const kafka::failure& why) {
  constexpr std::string_view end = "_AUTHORIZATION_FAILED";
  return why.code.size() > end.size() &&
         why.code.compare(why.code.size() - end.size(), end.size(), end) == 0;
}

}  // namespace

void consumer_group::on_inbox() {
  listener_->inbox.drain(items_);
  for (inbox_item& item : items_) {
    if (auto* found = std::get_if<starts_found>(&item))
      on_starts(*found);
    else
      std::visit([this](auto& event) { on_kafka(event); },
                 std::get<kafka::group_event>(item));
  }
  items_.clear();
  send_deliveries();
}

// -- assigned: starts are found and committed before anything is fetched

void consumer_group::on_kafka(kafka::assigned& event) {
  ++shared_.count.rebalances;
  ++settle_generation_;
  if (phase_ == phase::closing)
    return;
  phase_ = phase::starting;
  starts_.clear();
  unstarted_ = {event.partitions.begin(), event.partitions.end()};
  hopeless_.clear();
  start_tries_ = 0;
  refused_.reset();
  // One of the assignment before says nothing about this one.
  committing_starts_ = 0;
  if (unstarted_.empty())
    finish_assignment();
  else
    find_starts();
}

void consumer_group::find_starts() {
  ++start_round_;
  std::vector<kafka::start_question> questions;
  for (const kafka::topic_partition& at : unstarted_)
    if (hopeless_.count(at) == 0)
      questions.push_back({at, start_without_commit(at)});
  consumer_->find_starts(
      std::move(questions), start_timeout,
      [to = listener_,
       round = start_round_](std::vector<kafka::start_answer> answers) {
        to->inbox.push(starts_found{round, std::move(answers)});
      });
}

std::optional<std::int64_t> consumer_group::start_without_commit(
    const kafka::topic_partition& at) const {
  const auto seen = counts_.find(at.topic);
  if (seen != counts_.end() && at.partition >= seen->second)
    return first_record;
  // Of those who name one the oldest connection counts.
  for (const auto& [ws, m] : members_)
    if (m.start && !m.leaving && m.topics.count(at.topic) > 0)
      switch (m.start->what) {
        case start_point::kind::latest:
          return the_end;
        case start_point::kind::earliest:
          return first_record;
        case start_point::kind::time:
          return m.start->time;
        case start_point::kind::positions:
          break;  // Not with a group.
      }
  switch (shared_.options.consumer.from_offset) {
    case config::start_offset::earliest:
      return first_record;
    case config::start_offset::latest:
      return the_end;
    case config::start_offset::none:
      return std::nullopt;
  }
  return std::nullopt;
}

void consumer_group::on_starts(starts_found& found) {
  if (phase_ != phase::starting || found.round != start_round_)
    return;
  std::vector<kafka::position> uncommitted;
  for (const kafka::start_answer& answer : found.answers) {
    if (answer.error) {
      last_error_ = answer.error->code;
      emit_error(answer.error->message);
      if (!answer.error->retriable)
        give_up(answer.at, *answer.error);
    } else if (answer.was_committed || !commits()) {
      starts_[answer.at] = answer.offset;
      unstarted_.erase(answer.at);
    } else {
      uncommitted.push_back({answer.at, answer.offset});
    }
  }
  if (uncommitted.empty()) {
    starts_settled();
    return;
  }
  committing_starts_ = ++commit_ids_;
  consumer_->commit(committing_starts_, std::move(uncommitted));
}

void consumer_group::give_up(const kafka::topic_partition& at,
                             const kafka::failure& why) {
  hopeless_[at] = why;
  fail_waiting(at.topic, to_protocol(why));
}

/// Waiting would not help them; they leave when they hear of it. Without a
/// topic: all that wait.
void consumer_group::fail_waiting(const std::string& topic,
                                  const protocol::failure& why) {
  for (auto& [ws, m] : members_)
    if (m.waiting && (topic.empty() || m.topics.count(topic) > 0)) {
      m.waiting = false;
      send(m.actor, subscription_failed{m.subscription, why});
    }
}

void consumer_group::on_committed_starts(const kafka::committed& event) {
  committing_starts_ = 0;
  if (phase_ != phase::starting)
    return;
  if (event.error) {
    ++shared_.count.commit_failures;
    last_error_ = event.error->code;
    emit_error(event.error->message);
  } else {
    ++shared_.count.commits;
  }
  const bool none = event.error && event.refused.empty();
  for (const kafka::position& p : event.positions) {
    const auto why = event.refused.find(p.at);
    if (why == event.refused.end() && !none) {
      starts_[p.at] = p.offset;
      unstarted_.erase(p.at);
    } else if (why != event.refused.end() && denied(why->second)) {
      give_up(p.at, why->second);
    }
  }
  starts_settled();
}

void consumer_group::starts_settled() {
  const unsigned tries =
      starts_.empty() ? start_tries : start_tries_before_others;
  if (hopeless_.size() == unstarted_.size() || ++start_tries_ >= tries)
    finish_assignment();
  else
    delayed_send(this, start_retry, starts_due{start_round_});
}

void consumer_group::on_starts_due(const starts_due& tick) {
  if (tick.round != start_round_ || unstarted_.empty() || stopping_)
    return;
  if (phase_ == phase::starting)
    find_starts();
  else if (phase_ == phase::stable && start_wanted())
    subscribe();  // Joins again, and asks for all starts anew.
  else
    arm_starts();
}

void consumer_group::arm_starts() {
  start_pause_ =
      std::clamp(start_pause_ * 2, first_start_pause, longest_start_pause);
  delayed_send(this, start_pause_, starts_due{start_round_});
}

/// Whether anybody waits for a partition without a start: the others need not
/// suffer a rebalance for nobody.
bool consumer_group::start_wanted() const {
  return std::any_of(unstarted_.begin(), unstarted_.end(),
                     [&](const kafka::topic_partition& at) {
                       return hopeless_.count(at) == 0 &&
                              std::any_of(
                                  members_.begin(), members_.end(),
                                  [&](const auto& m) {
                                    return !m.second.leaving &&
                                           m.second.topics.count(at.topic) > 0;
                                  });
                     });
}

/// Answers the assignment with every partition that has a committed start.
void consumer_group::finish_assignment() {
  ++fetch_epoch_;
  std::vector<kafka::position> positions;
  std::vector<kafka::topic_partition> kept;
  std::map<kafka::topic_partition, group_partition> assigned;
  for (const auto& [at, committed] : starts_) {
    positions.push_back({at, resume_at(at, committed)});
    group_partition p = partitions_[at];
    p.assigned = true;
    p.stopped = false;
    p.fetch_epoch = fetch_epoch_;
    if (p.owner != 0)
      kept.push_back(at);
    assigned.emplace(at, p);
  }
  for (const auto& [at, p] : partitions_)
    if (assigned.count(at) == 0)
      tell_owner(p.owner, {at, 0, p.confirmed}, false);
  partitions_ = std::move(assigned);
  consumer_->assign(std::move(positions), fetch_epoch_);
  phase_ = phase::stable;
  if (!rejoin_)
    renewed_.clear();
  for (const kafka::topic_partition& at : kept)
    let_flow(at, partitions_[at]);
  forget_left();
  if (unstarted_.empty())
    start_pause_ = {};
  else
    arm_starts();
  arm_commit();
  if (!has_members() && lingering_.empty())
    close();
  else
    place_members();
  tell_owners();
  carry_out_waiting();
  join_anew();
}

/// A partition that returns while Kafka holds what we last committed keeps its
/// owner and goes on after what was sent; any other starts at the commit.
std::int64_t consumer_group::resume_at(const kafka::topic_partition& at,
                                       std::int64_t committed) {
  group_partition& p = partitions_[at];
  const auto owner = members_.find(p.owner);
  // One that was asked for and did not answer in time has dropped records that
  // we do not know of.
  const bool known = !p.draining || p.given_back;
  const bool keeps = known && renewed_.count(at.topic) == 0 &&
                     owner != members_.end() && !owner->second.leaving &&
                     owner->second.topics.count(at.topic) > 0 &&
                     (p.committed == committed || !commits());
  if (!keeps) {
    tell_owner(p.owner, {at, 0, committed}, false);
    p.start_at(committed);
    return committed;
  }
  p.keep();
  return p.handed;
}

// -- revoked: owners confirm, the last commit is in, then the answer

void consumer_group::on_kafka(kafka::revoked& event) {
  ++settle_generation_;
  if (phase_ == phase::closing)
    return;
  unstarted_.clear();
  std::vector<kafka::topic_partition> owned;
  for (const kafka::topic_partition& at : event.partitions) {
    const auto found = partitions_.find(at);
    if (found != partitions_.end() && found->second.owner != 0 &&
        !found->second.draining)
      owned.push_back(at);
  }
  phase_ = phase::revoking;
  revoke_until_ = now() + 2 * shared_.options.consumer.handover_timeout;
  begin_drain(owned);
  arm_handover();
  if (event.lost) {
    // They are somebody else's already: nothing is committed.
    for (const kafka::topic_partition& at : event.partitions) {
      const auto gone = partitions_.extract(at);
      if (!gone.empty())
        tell_owner(gone.mapped().owner, {at, 0, gone.mapped().confirmed},
                   false);
    }
    tell_owners();
    answer_revoke();
  } else {
    settle_drains();
  }
}

void consumer_group::commit_before_revoke() {
  if (commit_confirmed())
    last_commit_ = committing_;
  else if (committing_ == 0)
    answer_revoke();
}

void consumer_group::answer_revoke() {
  for (auto& entry : partitions_)
    entry.second.assigned = false;
  phase_ = phase::settling;
  consumer_->unassign();
  forget_left();
}

// -- the rest

void consumer_group::on_kafka(kafka::consumer_failed& event) {
  last_error_ = event.why.code;
  emit_error(event.why.message);
  tell_trouble(event);
  // A topic that was deleted starts at its first record when it comes back.
  const auto deleted = counts_.find(event.topic);
  if (event.why.code == "UNKNOWN_TOPIC_OR_PARTITION" &&
      deleted != counts_.end())
    deleted->second = 0;
  // Kafka refuses the group or the topic: it will not take back its word.
  if (!event.why.retriable) {
    fail_waiting(event.topic, to_protocol(event.why));
    // A topic that is refused may come without its name.
    const bool all = event.topic.empty() &&
                     event.why.code.find("TOPIC") == std::string::npos;
    if (all && phase_ == phase::settling)
      refused_ = event.why;
  }
  if (event.fatal && phase_ != phase::closing && phase_ != phase::idle)
    close();
}

/// A topic that was deleted and created again begins anew, also where it has
/// more records by now than the old one had. That it is another one Kafka says:
/// with a topic it deletes the group's commits.
void consumer_group::on_kafka(const kafka::topics_changed& event) {
  for (auto& [topic, born] : born_) {
    const std::uint64_t now = event.table->born(topic);
    if (now == 0)
      continue;
    const std::uint64_t before = std::exchange(born, now);
    if (before == 0 || before == now)
      continue;
    counts_[topic] = 0;
    renewed_.insert(topic);
    rejoin_ = true;
  }
  join_anew();
}

void consumer_group::join_anew() {
  if (rejoin_ && phase_ == phase::stable && !stopping_)
    subscribe();
}

void consumer_group::on_kafka(kafka::consumer_closed& event) {
  clean_ = clean_ && !(stopping_ && event.given_up);
  consumer_.reset();
  if (!stopping_)
    for (const auto& [at, p] : partitions_)
      tell_owner(p.owner, {at, 0, p.confirmed}, false);
  tell_owners();
  fail_controls();
  partitions_.clear();
  applied_.clear();
  // Topics that are to start at their first record still are.
  for (auto seen = counts_.begin(); seen != counts_.end();)
    seen = seen->second == 0 ? std::next(seen) : counts_.erase(seen);
  born_.clear();
  renewed_.clear();
  unstarted_.clear();
  committing_ = committing_starts_ = 0;
  refused_.reset();
  phase_ = phase::idle;
  forget_left();
  if (stopping_)
    send(gateway_, group_stopped{group_, clean_});
  else if (has_members())
    open();
  else
    send(gateway_, group_idle{group_, seen_});
}

}  // namespace wskafka
