#include "actors/connection.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

/// Subscriptions to patterns: the topics that they mean are asked of the
/// pattern watch, and those that they mean later join by themselves.
namespace wskafka {

void connection::watch(operation& op) {
  op.watch = op.number;
  watches_.insert(op.watch);
  send(gateway_, watch_patterns{to_.ref.ws, op.watch, op.request.patterns,
                                pattern_watcher{connection_actor{this}}});
}

void connection::on_matched(const patterns_matched& told) {
  operation* const op = find(told.watch);
  if (op == nullptr) {
    if (!subscription_ || subscription_->watch != told.watch)
      return;
    if (told.why)
      shared_.sockets.send({to_.ref, ws::close{ws::close_reason::internal}});
    else
      widen(told.topics);
  } else if (told.why) {
    fail(op->request, *told.why);
    if (op->at == step::joining)
      end_failed_subscription();
    drop(op);
  } else {
    op->meant = told.topics;
    if (!std::exchange(op->matched, true))
      seek_if_known(*op);
  }
}

/// What it names exists, and what its patterns mean is known.
void connection::seek_if_known(operation& op) {
  if (!op.checked || !op.matched)
    return;
  std::vector<std::string>& topics = op.request.topics;
  for (const std::string& topic : op.meant)
    if (std::find(topics.begin(), topics.end(), topic) == topics.end())
      topics.push_back(topic);
  if (topics.empty())
    stand_empty(op);
  else
    seek(op);
}

/// No topic is meant yet.
void connection::stand_empty(operation& op) {
  if (&op == overtaking_.get())
    supersede();
  leave(false);
  subscription next;
  next.number = next.membership = current_->number;
  keep_pattern(next, *current_);
  subscription_ = std::move(next);
  current_->at = step::joining;
  subscribed(started());
}

void connection::keep_pattern(subscription& next, const operation& op) const {
  next.watch = op.watch;
  if (op.watch == 0)
    return;
  next.wanted_group = op.request.group;
  next.broadcast = op.request.broadcast;
  next.mode = op.request.mode;
  next.start = op.request.start;
  if (next.start)
    next.held = op.request.held;
}

/// Behind what the client has asked for.
void connection::widen(const std::vector<std::string>& topics) {
  control_request request;
  request.what = control_request::kind::subscribe;
  request.widens = subscription_->watch;
  request.topics = topics;
  queue_.push(std::move(request));
  advance();
}

/// Topics that are not meant any more stay: they may come back.
void connection::start_widening(operation& op) {
  control_request& request = op.request;
  if (!subscription_ || subscription_->watch != request.widens) {
    drop(&op);
    return;
  }
  const std::vector<std::string>& known = subscription_->topics;
  std::copy_if(request.topics.begin(), request.topics.end(),
               std::back_inserter(op.fresh), [&](const std::string& topic) {
                 return std::find(known.begin(), known.end(), topic) ==
                        known.end();
               });
  if (op.fresh.empty()) {
    drop(&op);
    return;
  }
  op.watch = request.widens;
  request.deadline = now() + shared_.options.kafka.request_timeout;
  request.group = subscription_->wanted_group;
  request.broadcast = subscription_->broadcast;
  request.mode = subscription_->mode;
  request.start = subscription_->start;
  request.topics = op.fresh;
  if (request.broadcast)
    request.start = late_start();
  else
    request.topics.insert(request.topics.begin(), known.begin(), known.end());
  arm_deadline();
  seek(op);
}

/// Topics that come later start at their first record, or where the client has
/// listed them: it knows them from elsewhere.
std::shared_ptr<const start_point> connection::late_start() const {
  const start_point* const asked = subscription_->start.get();
  auto start = std::make_shared<start_point>();
  start->what = start_point::kind::earliest;
  if (asked && asked->what == start_point::kind::positions)
    *start = *asked;
  start->lenient = true;
  return start;
}

/// A topic that was deleted before it could be joined does not end the
/// subscription: it is forgotten, and joins when it is there again. False: it
/// is something else that failed.
bool connection::forget_deleted(const protocol::failure& why) {
  auto& all = subscription_->broadcasts;
  const auto found =
      std::find_if(all.begin(), all.end(), [this](const auto& each) {
        return each.second.link == current_sender();
      });
  if (current_->request.widens == 0 || found == all.end() ||
      why.code != "UNKNOWN_TOPIC_OR_PARTITION")
    return false;
  const std::string topic = found->first;
  send(found->second.link, leave_broadcast{to_.ref.ws, subscription_->number});
  all.erase(found);
  for (auto* names : {&subscription_->topics, &current_->fresh})
    names->erase(std::remove(names->begin(), names->end(), topic),
                 names->end());
  last_error_ = why.code;
  ++shared_.count.failures;
  if (subscription_->mode.events)
    on_trouble({subscription_->number, why, topic});
  // The list has it all the same.
  if (why.retriable)
    widen({topic});
  if (current_->fresh.empty())
    drop(&*current_);
  else
    answer_if_all_stand();
  return true;
}

void connection::forget_watches() {
  for (auto one = watches_.begin(); one != watches_.end();) {
    const bool wanted = (current_ && current_->watch == *one) ||
                        (overtaking_ && overtaking_->watch == *one) ||
                        (subscription_ && subscription_->watch == *one);
    if (!wanted && gateway_)
      send(gateway_, unwatch_patterns{to_.ref.ws, *one});
    one = wanted ? std::next(one) : watches_.erase(one);
  }
}

}  // namespace wskafka
