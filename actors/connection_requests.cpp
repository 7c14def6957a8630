#include "actors/connection.hpp"
#include "actors/positions_text.hpp"
#include "actors/replies.hpp"
#include "protocol/render.hpp"

#include <algorithm>
#include <utility>

namespace wskafka {
namespace {

/// By how much what we ask for is to be answered before our own deadline.
constexpr std::chrono::milliseconds answer_margin{200};

protocol::failure timed_out(const char* what) {
  return {protocol::error_code::timeout,
          std::string(what) + " was not finished in time."};
}

std::string names(const std::vector<std::string>& topics) {
  std::string text;
  protocol::append_names(text, topics);
  return text;
}

}  // namespace

// -- order

void connection::on_burst(control_burst& burst) {
  if (burst.confirmed != 0)
    confirm(burst.confirmed);
  if (!burst.acks.empty())
    acknowledge(burst.acks);
  for (ws::stands_aside& place : burst.places)
    on_place(place);
  if (burst.written) {
    writing_ = false;
    flush(true);
    ask_for_more();
  }
  for (control_request& request : burst.requests) {
    if (draining_)
      fail(request, shutting_down());
    else
      queue_.push(std::move(request));
  }
  if (!burst.requests.empty())
    advance();
}

/// Starts whatever may start now. A request that ends at once calls this
/// again, to no effect: the queue's length must not become the stack's depth.
void connection::advance() {
  if (std::exchange(advancing_, true))
    return;
  for (;;) {
    forward_questions();
    std::optional<control_request> request;
    if (!current_)
      request = queue_.next();
    else if (current_->request.what == control_request::kind::subscribe &&
             !overtaking_)
      request = queue_.next_overtaking();
    if (!request)
      break;
    start(std::move(*request));
  }
  advancing_ = false;
  forget_watches();
  quit_if_done();
}

void connection::start(control_request request) {
  if (request.what == control_request::kind::unsubscribe) {
    unsubscribe(request);
    return;
  }
  std::unique_ptr<operation>& place = current_ ? overtaking_ : current_;
  place = std::make_unique<operation>();
  place->number = ++numbers_;
  place->request = std::move(request);
  if (control_queue::changes(place->request.what))
    start_change(*place);
  else if (place->request.what == control_request::kind::partitions)
    start_control(*place);
  else if (place->request.widens != 0)
    start_widening(*place);
  else
    start_subscribe(*place);
}

connection::operation* connection::find(std::uint64_t number) {
  if (current_ && current_->number == number)
    return current_.get();
  if (overtaking_ && overtaking_->number == number)
    return overtaking_.get();
  return nullptr;
}

void connection::drop(const operation* op) {
  if (op == current_.get())
    current_ = std::move(overtaking_);
  else
    overtaking_.reset();
  advance();
}

// -- subscribe

void connection::start_subscribe(operation& op) {
  if (op.request.topics.empty() && op.request.patterns.empty()) {
    // Ends the subscription, as `unsubscribe` does.
    const control_request request = std::move(op.request);
    if (overtaking_)
      supersede();
    current_.reset();
    leave(false);
    send(gateway_, subscription_changed{to_.ref.ws, {}});
    succeed(request, "[]");
    return;
  }
  arm_deadline();
  op.at = step::checking;
  op.matched = op.request.patterns.empty();
  op.checked = op.request.topics.empty();
  if (!op.matched)
    watch(op);
  if (op.checked)
    return;
  send(topics_,
       check_topics{op.request.topics, op.number, asking_time(op.request),
                    topic_client{connection_actor{this}}});
}

void connection::on_topics_ready(const topics_ready& answer) {
  operation* op = find(answer.request);
  if (op == nullptr)
    return;
  if (op->at == step::changing)
    changed(*op, answer);
  else if (op->at == step::checking)
    checked(*op, answer);
}

void connection::checked(operation& op, const topics_ready& answer) {
  protocol::failure why;
  for (const kafka::create_outcome& outcome : answer.outcomes) {
    if (!outcome.error)
      continue;
    if (why.code.empty())
      why = to_protocol(*outcome.error);
    if (outcome.error->code == "UNKNOWN_TOPIC_OR_PARTITION")
      why.topics.push_back(outcome.topic);
  }
  if (!why.code.empty()) {
    fail(op.request, why);
    drop(&op);
    return;
  }
  op.checked = true;
  seek_if_known(op);
}

void connection::seek(operation& op) {
  op.at = step::finding;
  ++finding_;
  if (op.request.broadcast) {
    seek_broadcasts(op);
    return;
  }
  send(gateway_, find_group{op.request.group, op.number,
                            group_seeker{connection_actor{this}}});
}

void connection::on_group_found(const group_found& found) {
  --finding_;
  operation* op = find(found.subscription);
  if (op == nullptr) {
    // Timed out or superseded meanwhile; the group counts on hearing from us.
    send(found.group, abandon_group{});
    quit_if_done();
    return;
  }
  admit(*op, found.group);
  // One more may overtake it.
  advance();
}

/// The earlier subscription ends here, or becomes this one when it is of the
/// same group.
void connection::admit(operation& op, const group_link& group) {
  const std::uint64_t number = op.number;
  if (&op == overtaking_.get())
    supersede();
  operation& now = *current_;
  subscription next;
  next.number = next.membership = number;
  next.group = now.request.group;
  next.topics = now.request.topics;
  next.link = group;
  keep_pattern(next, now);
  next.asked = number;
  if (subscription_ && subscription_->group == next.group) {
    next.membership = subscription_->membership;
    if (now.request.widens != 0)
      next.asked = subscription_->asked;
    for (const std::string& topic : next.topics) {
      const auto before = subscription_->since.find(topic);
      next.since[topic] =
          before == subscription_->since.end() ? number : before->second;
    }
    writer_.keep_topics(next.topics);
    // No reply separates the old records from new ones where it is widened.
    hold_ = now.request.widens == 0;
    subscription_ = std::move(next);
  } else {
    leave(false);
    links_[number] = group;
    writer_.begin_membership();
    for (const std::string& topic : next.topics)
      next.since[topic] = number;
    subscription_ = std::move(next);
  }
  now.at = step::joining;
  // A request, so that CAF tells when the group fails before it has read it.
  request(subscription_->link, caf::infinite,
          join_group{subscription_->topics, number, to_,
                     group_member{connection_actor{this}}, now.request.mode.ack,
                     now.request.mode.events, now.fresh, now.request.start,
                     now.request.widens != 0})
      .then([] {},
            [this, number](const caf::error&) { on_group_lost(number); });
}

/// The subscribe in progress is answered, the one that overtakes takes its
/// place.
void connection::supersede() {
  fail(current_->request,
       {protocol::error_code::superseded,
        "A later subscribe or unsubscribe of this connection took its place."});
  current_ = std::move(overtaking_);
}

void connection::on_subscription_ready(const subscription_ready& ready) {
  if (!current_ || current_->number != ready.subscription ||
      current_->at != step::joining)
    return;
  std::string starts;
  if (current_->request.start)
    starts = ",\"pos\":" + positions_text(behind_sent(ready.starts));
  subscribed(starts, ready.owned);
}

/// `starts`: what the reply says of them; `owned`: what the event behind it
/// says of what it goes on with.
void connection::subscribed(const std::string& starts,
                            const std::vector<owned_position>& owned) {
  const delivery_mode& mode = current_->request.mode;
  if (auto question = writer_.set_mode(mode, subscription_->membership))
    shared_.sockets.send({to_.ref, std::move(*question)});
  be_impatient(subscription_->link &&
               mode.slow == protocol::slow_policy::close);
  may_be_silent(true);
  // Before the reply: who asks for health behind it sees these topics.
  send(gateway_, subscription_changed{to_.ref.ws, subscription_->topics});
  if (current_->request.widens == 0)
    succeed(current_->request, names(current_->request.topics), starts);
  if (!owned.empty())
    tell_ownership(true, owned);
  join_channels();
  event_info info;
  info.what = event::consumer_ready;
  info.ws = to_.ref.ws;
  info.group = subscription_->group;
  shared_.events.emit(info);
  hold_ = false;
  flush(true);
  if (subscription_->watch != 0)
    widen(current_->meant);
  drop(current_.get());
}

void connection::on_group_refused(const group_refused& refused) {
  --finding_;
  if (operation* op = find(refused.subscription)) {
    fail_late(*op, refused.why);
    drop(op);
  }
  quit_if_done();
}

/// The group knew nothing of this member, so it could not close it.
void connection::on_group_lost(std::uint64_t number) {
  on_subscription_failed(
      {number, {protocol::error_code::internal, "The consumer group failed."}});
}

void connection::on_subscription_failed(const subscription_failed& failed) {
  operation* op = find(failed.subscription);
  // A broadcast knows the number of the subscription that is widened.
  if (op == nullptr && current_ && current_->request.widens != 0 &&
      subscription_ && subscription_->number == failed.subscription)
    op = current_.get();
  if (op == nullptr || op->at != step::joining || forget_deleted(failed.why))
    return;
  end_failed_subscription();
  fail_late(*op, failed.why);
  drop(op);
}

/// Who was told to be subscribed learns of the end by a close, and reconnects.
void connection::fail_late(operation& op, const protocol::failure& why) {
  fail(op.request, why);
  if (op.request.widens != 0)
    shared_.sockets.send({to_.ref, ws::close{ws::close_reason::internal}});
}

void connection::unsubscribe(const control_request& request) {
  if (current_) {
    fail(current_->request,
         {protocol::error_code::superseded,
          "A later unsubscribe of this connection took its place."});
    current_.reset();
  }
  leave(false);
  send(gateway_, subscription_changed{to_.ref.ws, {}});
  succeed(request, {});
}

// -- answers

/// One timer at a time: CAF cannot take one back, and requests that end at once
/// would leave theirs behind, charged to nobody.
void connection::arm_deadline() {
  if (std::exchange(deadline_armed_, true))
    return;
  delayed_send(this, time_left(current_->request), deadline_due{});
}

/// The one in progress came first, so its deadline is the sooner.
void connection::on_deadline(deadline_due) {
  deadline_armed_ = false;
  while (current_ && current_->request.deadline <= now())
    expire(*current_);
  if (overtaking_ && overtaking_->request.deadline <= now())
    expire(*overtaking_);
  if (current_)
    arm_deadline();
}

std::chrono::milliseconds connection::time_left(
    const control_request& request) {
  return std::max(
      std::chrono::ceil<std::chrono::milliseconds>(request.deadline - now()),
      std::chrono::milliseconds(0));
}

/// What others may take for a part of the request.
std::chrono::milliseconds connection::asking_time(
    const control_request& request) {
  return std::max(time_left(request) - answer_margin,
                  std::chrono::milliseconds(1));
}

void connection::expire(operation& op) {
  if (op.at == step::changing) {
    expire_change(op);
    return;
  }
  if (op.at == step::joining)
    end_failed_subscription();
  fail_late(op, timed_out(op.at == step::controlling ? "The request"
                                                     : "The subscription"));
  drop(&op);
  ask_for_more();
}

/// A subscribe that fails after it was admitted leaves no subscription.
void connection::end_failed_subscription() {
  leave(false);
  send(gateway_, subscription_changed{to_.ref.ws, {}});
}

void connection::succeed(const control_request& request, std::string_view p,
                         std::string_view more) {
  reply_success(shared_.sockets, to_, request.head.view(), p, more);
}

void connection::fail(const control_request& request,
                      const protocol::failure& why) {
  last_error_ = why.code;
  if (request.widens != 0)
    return;
  ++shared_.count.failures;
  reply_failure(shared_.sockets, to_, request.head.view(), why);
}

}  // namespace wskafka
