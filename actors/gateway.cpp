#include "actors/gateway.hpp"

#include "actors/consumer_group.hpp"
#include "actors/describe.hpp"
#include "actors/guard.hpp"
#include "actors/pattern_watch.hpp"
#include "actors/replies.hpp"
#include "actors/topics.hpp"

#include <algorithm>
#include <utility>

namespace wskafka {
namespace {

/// How long an actor may take to tell its state before it is called busy.
constexpr std::chrono::milliseconds health_wait{500};

constexpr std::size_t most_actors = 1000;

}  // namespace

gateway::gateway(caf::actor_config& config, environment& shared,
                 std::vector<std::shared_ptr<shard_inbox>> inboxes,
                 std::vector<std::shared_ptr<router_actor>> routers,
                 callbacks to_server)
    : gateway_actor::base(config),
      shared_(shared),
      inboxes_(std::move(inboxes)),
      router_slots_(std::move(routers)),
      to_server_(std::move(to_server)),
      health_(shared, [this] { return now(); }) {}

gateway_actor::behavior_type gateway::make_behavior() {
  guard_handlers(this, shared_, to_server_.failed);
  const gateway_actor self{this};
  topics_ = home_system().spawn<topics>(shared_);
  for (std::size_t shard = 0; shard < inboxes_.size(); ++shard) {
    routers_.push_back(home_system().spawn<router>(
        shared_, static_cast<unsigned>(shard), inboxes_[shard], topics_, self));
    *router_slots_[shard] = routers_.back();
  }
  taking_ = routers_;
  to_server_.ready();
  return {
      [this](const connection_opened& opened) {
        connections_[opened.ws] = opened.actor;
        health_.opened(opened.ws);
        if (stopping_)
          send(opened.actor, drain{stop_deadline_});
      },
      [this](const producer_opened& opened) {
        producers_[opened.ws] = opened.actor;
        if (stopping_ && (stopping_last_ || taking_.empty()))
          flush(opened.ws, opened.actor);
      },
      [this](const producer_flushed& flushed) {
        unflushed_.erase(flushed.ws);
        stopped_if_done();
      },
      [this](const connection_gone& gone) {
        connections_.erase(gone.ws);
        health_.closed(gone.ws);
      },
      [this](const producer_gone& gone) {
        producers_.erase(gone.ws);
        unflushed_.erase(gone.ws);
        stopped_if_done();
      },
      [this](const find_group& request) { on_find_group(request); },
      [this](const group_idle& idle) { on_group_idle(idle); },
      [this](const group_gone& gone) { on_group_gone(gone); },
      [this](const find_broadcasts& request) { on_find_broadcasts(request); },
      [this](const broadcast_idle& idle) { on_broadcast_idle(idle); },
      [this](const broadcast_gone& gone) { on_broadcast_gone(gone); },
      [this](watch_patterns& request) {
        if (!patterns_)
          patterns_ =
              home_system().spawn<pattern_watch>(shared_, gateway_actor{this});
        send(patterns_, std::move(request));
      },
      [this](const unwatch_patterns& request) {
        if (patterns_)
          send(patterns_, request);
      },
      [this](pattern_watch_gone) {
        // One that failed makes room for a new one.
        if (patterns_ && patterns_ == current_sender())
          patterns_ = nullptr;
      },
      [this](const subscription_changed& changed) {
        health_.subscribed(changed.ws, changed.topics);
      },
      [this](health_query& query) { on_health(query); },
      [this](const described& state) { health_.collect(state); },
      [this](health_due tick) { health_.expire(tick.query); },
      [this](router_stopped) { on_router_stopped(); },
      [this](const actor_failed&) {
        on_router_stopped();
        to_server_.failed();
      },
      [this](const begin_stop& order) { on_begin_stop(order); },
      [this](const group_stopped& ended) { on_group_stopped(ended); },
      [this](const broadcast_stopped& ended) { on_broadcast_stopped(ended); },
      [this](const describe& query) {
        const json state = {
            {"kind", "gateway"},
            {"id", "gateway"},
            {"queue", mailbox().size()},
            {"buffered", health_.waiting(query.query)},
            {"connections", connections_.size()},
            {"producers", producers_.size()},
            {"groups", groups_.size()},
            {"broadcasts", broadcasts_.size()},
            {"stopping", stopping_},
            {"per_second", asking_.per_second(now())},
            {"last_error", last_error_},
        };
        send(query.to, described{query.query, query.index, state.dump()});
      },
      [this](retire) { quit(); },
  };
}

void gateway::on_exit() {
  for (const router_actor& actor : routers_)
    send(actor, retire{});
  for (const auto& [name, entry] : groups_)
    send(entry.actor, retire{});
  for (const auto& [topic, entry] : broadcasts_)
    send(entry.actor, retire{});
  send(topics_, retire{});
  if (patterns_)
    send(patterns_, retire{});
  routers_.clear();
  taking_.clear();
  groups_.clear();
  broadcasts_.clear();
  tails_ = nullptr;
  past_ = nullptr;
  hub_ = nullptr;
  connections_.clear();
  producers_.clear();
  topics_ = nullptr;
  patterns_ = nullptr;
}

// -- groups

void gateway::on_find_group(const find_group& request) {
  asking_.add(1, now());
  if (stopping_) {
    send(request.reply_to,
         group_refused{request.subscription, shutting_down()});
    return;
  }
  auto found = groups_.find(request.group);
  if (found == groups_.end()) {
    if (groups_.size() >= shared_.options.consumer.max_groups) {
      protocol::failure full{
          protocol::error_code::limit_reached,
          "This gateway serves no more than " +
              std::to_string(shared_.options.consumer.max_groups) +
              " consumer groups. Where every client is to get every "
              "record, subscribe with p.broadcast instead."};
      last_error_ = full.code;
      send(request.reply_to,
           group_refused{request.subscription, std::move(full)});
      return;
    }
    found = groups_.emplace(request.group, group{}).first;
    found->second.actor = home_system().spawn<consumer_group>(
        shared_, request.group, gateway_actor{this});
  }
  ++found->second.found;
  send(request.reply_to,
       group_found{request.subscription, group_link{found->second.actor}});
}

void gateway::on_group_idle(const group_idle& idle) {
  // Its `group_stopped` is counted on.
  if (stopping_)
    return;
  const auto found = groups_.find(idle.group);
  if (found == groups_.end() || found->second.actor != current_sender() ||
      found->second.found != idle.seen)
    return;
  send(found->second.actor, retire{});
  groups_.erase(found);
}

/// Of a group that retired nothing is left here; one that failed makes room for
/// a new one.
void gateway::on_group_gone(const group_gone& gone) {
  const auto found = groups_.find(gone.group);
  if (found == groups_.end() || found->second.actor != current_sender())
    return;
  if (stopping_ && !found->second.stopped) {
    clean_ = false;
    --unstopped_groups_;
  }
  groups_.erase(found);
  stopped_if_done();
}

// -- health

void gateway::on_health(health_query& query) {
  asking_.add(1, now());
  // A small request with a large reply: not for who does not take them, and
  // one page at a time.
  if (query.from.account->over(net::direction::out) ||
      (query.detail && health_.collecting_for(query.from.ref.ws))) {
    const protocol::failure why = replies_untaken();
    last_error_ = why.code;
    ++shared_.count.failures;
    reply_failure(shared_.sockets, query.from, query.head.view(), why);
    return;
  }
  if (!query.detail) {
    health_.answer(query);
    return;
  }
  const std::size_t total = 2 + (patterns_ ? 1 : 0) + routers_.size() +
                            groups_.size() + broadcasts_.size() +
                            connections_.size() + producers_.size();
  const auto asked = page(query.offset, std::min(query.limit, most_actors));
  std::vector<std::string> busy;
  busy.reserve(asked.size());
  for (const listed_actor& one : asked)
    busy.push_back(
        json{{"kind", one.kind}, {"id", one.id}, {"busy", true}}.dump());
  const std::uint64_t number =
      health_.begin(std::move(query), std::move(busy), total);
  for (std::size_t index = 0; index < asked.size(); ++index)
    send(asked[index].actor,
         describe{number, index, health_collector{gateway_actor{this}}});
  if (!asked.empty())
    delayed_send(this, health_wait, health_due{number});
}

std::vector<gateway::listed_actor> gateway::page(std::size_t offset,
                                                 std::size_t limit) {
  std::vector<listed_actor> result;
  std::size_t index = 0;
  const auto take = [&](const char* kind, json id, const auto& actor) {
    if (index++ >= offset && result.size() < limit)
      result.push_back({kind, std::move(id), describable_actor{actor}});
  };
  take("gateway", "gateway", gateway_actor{this});
  take("topics", "topics", topics_);
  if (patterns_)
    take("pattern_watch", "pattern_watch", patterns_);
  for (std::size_t shard = 0; shard < routers_.size(); ++shard)
    take("router", shard, routers_[shard]);
  for (const auto& [name, entry] : groups_)
    take("consumer_group", name, entry.actor);
  for (const auto& [topic, entry] : broadcasts_)
    take("broadcast", topic, entry.actor);
  for (const auto& [ws, actor] : connections_) {
    if (result.size() == limit)
      break;
    take("connection", ws, actor);
  }
  for (const auto& [ws, actor] : producers_) {
    if (result.size() == limit)
      break;
    take("producer", ws, actor);
  }
  return result;
}

// -- the clean stop

void gateway::on_begin_stop(const begin_stop& order) {
  if (!std::exchange(stopping_, true)) {
    stop_deadline_ = order.deadline;
    for (const router_actor& actor : routers_)
      send(actor, order);
    for (const auto& [ws, actor] : connections_)
      send(actor, drain{order.deadline});
    for (const auto& [name, entry] : groups_)
      send(entry.actor, order);
    unstopped_groups_ = groups_.size();
    for (const auto& [topic, entry] : broadcasts_)
      send(entry.actor, order);
    unstopped_broadcasts_ = broadcasts_.size();
  }
  stopping_last_ = order.last;
  if (order.last) {
    const auto answered = [this] {
      topics_answered_ = true;
      stopped_if_done();
    };
    request(topics_, caf::infinite, order)
        .then(answered, [answered](const caf::error&) { answered(); });
  }
  // The second order comes when the Kafka edge has reported everything: what
  // is still with the producers is given up.
  if (order.last || taking_.empty())
    flush_all();
  stopped_if_done();
}

/// By order, or it failed. What it took is with the producers, or they would be
/// called flushed before they have it.
void gateway::on_router_stopped() {
  const auto found = std::find_if(
      taking_.begin(), taking_.end(),
      [&](const router_actor& one) { return one == current_sender(); });
  if (found == taking_.end())
    return;
  taking_.erase(found);
  if (!stopping_ || !taking_.empty())
    return;
  flush_all();
  stopped_if_done();
}

void gateway::flush_all() {
  for (const auto& [ws, actor] : producers_)
    flush(ws, actor);
}

void gateway::flush(std::uint64_t ws, const describable_producer& actor) {
  unflushed_.insert(ws);
  send(actor, flush_now{stopping_last_});
}

void gateway::on_group_stopped(const group_stopped& ended) {
  const auto found = groups_.find(ended.group);
  if (found == groups_.end() || std::exchange(found->second.stopped, true))
    return;
  clean_ = clean_ && ended.clean;
  --unstopped_groups_;
  stopped_if_done();
}

void gateway::stopped_if_done() {
  if (!stopping_ || !unflushed_.empty())
    return;
  if (stopping_last_ ? topics_answered_
                     : taking_.empty() && unstopped_groups_ == 0 &&
                           unstopped_broadcasts_ == 0)
    to_server_.stopped(stopping_last_, clean_);
}

}  // namespace wskafka
