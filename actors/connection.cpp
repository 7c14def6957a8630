#include "actors/connection.hpp"

#include "actors/describe.hpp"
#include "actors/guard.hpp"
#include "actors/replies.hpp"

#include <utility>

namespace wskafka {
namespace {

/// With `mq_interval: null`, the unwritten bytes from which on what comes while
/// they are being written is gathered. Less is about to leave: frames that
/// follow it soon share its write, and hearing of its end would cost as much as
/// sending it.
constexpr std::size_t gather_above = 64 * 1024;

}  // namespace

connection::connection(caf::actor_config& config, environment& shared, peer to,
                       topics_actor topics, gateway_actor gateway,
                       router_actor router)
    : with_shared_behavior(config),
      shared_(shared),
      to_(std::move(to)),
      topics_(std::move(topics)),
      gateway_(std::move(gateway)),
      router_(std::move(router)),
      writer_(shared, to_) {}

connection_actor::behavior_type connection::make_behavior() {
  guard_handlers(this, shared_,
                 [this] { send(router_, connection_failed{to_.ref}); });
  static const behavior_type all{
      [](control_burst& burst) { turn().on_burst(burst); },
      [](const topics_ready& answer) { turn().on_topics_ready(answer); },
      [](const patterns_matched& told) { turn().on_matched(told); },
      [](const group_found& found) { turn().on_group_found(found); },
      [](const group_refused& r) { turn().on_group_refused(r); },
      [](const subscription_ready& r) { turn().on_subscription_ready(r); },
      [](const subscription_failed& f) { turn().on_subscription_failed(f); },
      [](const broadcasts_found& found) { turn().on_broadcasts_found(found); },
      [](const broadcast_ready& r) { turn().on_broadcast_ready(r); },
      [](const broadcast_caught_up& told) { turn().on_caught_up(told); },
      [](const broadcast_controlled& t) { turn().on_broadcast_controlled(t); },
      [](const broadcast_ended& told) { turn().on_broadcast_ended(told); },
      [](deliver& records) { turn().on_deliver(records); },
      [](const take_back& order) { turn().on_take_back(order); },
      [](const partitions_controlled& told) { turn().on_controlled(told); },
      [](const partitions_moved& told) { turn().on_moved(told); },
      [](const ownership_changed& told) { turn().on_ownership(told); },
      [](const group_draining& told) { turn().on_group_draining(told); },
      [](const subscription_trouble& told) { turn().on_trouble(told); },
      [](flush_due tick) {
        if (turn().writer_.due(tick.generation))
          turn().flush(true);
      },
      [](deadline_due tick) { turn().on_deadline(tick); },
      [](ack_due) { turn().on_ack_due(); },
      [](const drain& order) { turn().on_drain(order); },
      [](peer_closed) { turn().on_peer_closed(); },
      [](const describe& query) { turn().on_describe(query); },
  };
  return all;
}

void connection::on_exit() {
  leave(true);
  // A pending deadline holds this for up to a minute, but not what it had.
  writer_.forget();
  current_.reset();
  overtaking_.reset();
  queue_.clear();
  links_.clear();
  forget_watches();
  send(gateway_, connection_gone{to_.ref.ws});
  topics_ = nullptr;
  gateway_ = nullptr;
  router_ = nullptr;
}

// -- deliveries

/// Records of an earlier membership belong to somebody else by now, and those
/// of a partition that stops are fetched again.
bool connection::wanted(const delivery& batch) const {
  if (!subscription_)
    return false;
  const auto topic = subscription_->since.find(batch.batch->topic);
  return topic != subscription_->since.end() &&
         batch.subscription >= topic->second && !stopped(batch);
}

void connection::on_deliver(deliver& records) {
  for (delivery& batch : *records.what) {
    if (!wanted(batch)) {
      shared_.count.stale_records += batch.messages();
      continue;
    }
    delivering_.add(static_cast<double>(batch.messages()), now());
    switch (writer_.add(std::move(batch))) {
      case delivery_writer::next::wait:
        break;
      case delivery_writer::next::arm:
        arm_flush();
        break;
      case delivery_writer::next::flush:
        flush(!writer_.interval());
        break;
    }
  }
  // More cannot come before this has left: it need not wait for it.
  if (!writer_.empty() && to_.account->delivery_credit() == 0)
    flush(true);
}

void connection::arm_flush() {
  delayed_send(this, *writer_.interval(), flush_due{writer_.generation()});
}

/// Not `all`: only what fills frames of `mq_limit` records.
void connection::flush(bool all) {
  if (hold_ || writing_ || writer_.empty())
    return;
  const bool owed = writer_.owes_ack();
  std::vector<ws::text> frames =
      writer_.flush(subscription_ ? subscription_->membership : 0, all);
  // Also without an interval: a partition that begins anew frees its places.
  const bool more = !writer_.empty() && writer_.room() > 0;
  if (more && writer_.interval())
    arm_flush();
  if (!writer_.interval() && !frames.empty() &&
      to_.account->held(net::direction::out) > gather_above) {
    writing_ = true;
    frames.back().tell_written = true;
  }
  std::vector<ws::outgoing> burst;
  burst.reserve(frames.size());
  for (ws::text& frame : frames)
    burst.push_back({to_.ref, std::move(frame)});
  shared_.sockets.send(to_.ref.shard, burst);
  if (writer_.window_filling())
    shared_.sockets.send({to_.ref, ws::confirm_now{}});
  await_acks(owed);
  if (more && !writer_.interval())
    flush(true);
}

/// What waited for room in the window, and for nothing else.
void connection::go_on_if(bool blocked) {
  if (blocked && writer_.room() > 0)
    flush(true);
}

void connection::confirm(std::uint64_t sequence) {
  const bool blocked = writer_.room() == 0;
  for (auto& confirmed : writer_.confirm(sequence)) {
    const auto link = links_.find(confirmed.membership);
    if (link != links_.end())
      send(link->second,
           positions_confirmed{to_.ref.ws, std::move(confirmed.positions),
                               writer_.unconfirmed_frames() == 0});
  }
  forget_links();
  go_on_if(blocked);
}

/// Where nothing is outstanding an earlier membership is over for good.
void connection::forget_links() {
  if (writer_.unconfirmed_frames() > 0)
    return;
  for (auto link = links_.begin(); link != links_.end();) {
    const bool present =
        subscription_ && link->first == subscription_->membership;
    link = present ? std::next(link) : links_.erase(link);
  }
}

void connection::be_impatient(bool on) {
  if (std::exchange(impatient_, on) != on)
    shared_.sockets.send({to_.ref, ws::be_impatient{on}});
}

void connection::may_be_silent(bool on) {
  if (std::exchange(silent_, on) != on)
    shared_.sockets.send({to_.ref, ws::may_be_silent{on}});
}

void connection::on_take_back(const take_back& order) {
  if (!subscription_ || order.subscription < subscription_->membership)
    return;
  writer_.drop(order.partitions);
  send(subscription_->link,
       gave_back{to_.ref.ws, order.order, writer_.sent(order.partitions)});
  shared_.sockets.send({to_.ref, ws::confirm_now{}});
}

void connection::on_moved(const partitions_moved& told) {
  if (!subscription_ || told.subscription < subscription_->membership)
    return;
  const bool blocked = writer_.room() == 0;
  writer_.start_anew(told.partitions);
  go_on_if(blocked);
}

/// Ends the subscription: what is unsent is dropped and goes to others.
void connection::leave(bool gone) {
  if (!subscription_)
    return;
  if (!gone)
    may_be_silent(false);
  if (!subscription_->link) {
    leave_broadcasts();
    return;
  }
  writer_.drop_all();
  send(subscription_->link,
       leave_group{to_.ref.ws, subscription_->number,
                   gone || writer_.mode().ack, writer_.sent()});
  writer_.begin_membership();
  subscription_.reset();
  stops_.clear();
  forget_links();
  hold_ = false;
  if (!gone) {
    be_impatient(false);
    shared_.sockets.send({to_.ref, ws::confirm_now{}});
  }
}

// -- the end

void connection::on_drain(const drain& order) {
  draining_ = true;
  drain_until_ = order.deadline;
  // One that is widened stands as it is.
  const bool joining = current_ && current_->at == step::joining &&
                       current_->request.widens == 0;
  for (const auto* op : {&current_, &overtaking_})
    if (*op) {
      fail((*op)->request, shutting_down());
      tell_watcher((*op)->request);
    }
  current_.reset();
  overtaking_.reset();
  for (const control_request& request : queue_.clear()) {
    fail(request, shutting_down());
    tell_watcher(request);
  }
  if (joining)
    end_failed_subscription();
  hold_ = false;
  writing_ = false;
  flush(true);
  // Topics tell where they end; a pattern that means none yet has nobody.
  if (subscription_ && subscription_->topics.empty() && writer_.mode().events)
    tell_draining({});
  shared_.sockets.send({to_.ref, ws::confirm_now{}});
  quit_if_done();
}

void connection::on_peer_closed() {
  closed_ = true;
  overtaking_.reset();
  // Publishes of the connection wait for these.
  if (current_ && !current_->request.watcher)
    current_.reset();
  for (control_request& request : queue_.clear())
    if (request.watcher)
      queue_.push(std::move(request));
  leave(true);
  advance();
}

/// A group that was found for us counts on hearing from us, and publishes wait
/// for what is still to be created.
void connection::quit_if_done() {
  if (closed_ && finding_ == 0 && !current_)
    quit();
}

void connection::on_describe(const describe& query) {
  json state = {
      {"kind", "connection"},
      {"id", to_.ref.ws},
      {"queue", mailbox().size()},
      {"buffered",
       {{"messages", writer_.buffered()},
        {"bytes", to_.account->held(net::direction::out)}}},
      {"held",
       {{"in", to_.account->held(net::direction::in)},
        {"out", to_.account->held(net::direction::out)}}},
      {"waiting_requests", queue_.size()},
      {"unconfirmed_frames", writer_.unconfirmed_frames()},
      {"credit", to_.account->delivery_credit()},
      {"per_second", delivering_.per_second(now())},
      {"last_error", last_error_},
  };
  if (subscription_) {
    if (subscription_->link)
      state["group"] = subscription_->group;
    else if (!subscription_->broadcasts.empty())
      state["broadcast"] = true;
    state["topics"] = subscription_->topics;
  }
  send(query.to, described{query.query, query.index, state.dump()});
}

}  // namespace wskafka
