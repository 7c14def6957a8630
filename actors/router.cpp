#include "actors/router.hpp"

#include "actors/batch_publish.hpp"
#include "actors/connection.hpp"
#include "actors/control_requests.hpp"
#include "actors/describe.hpp"
#include "actors/guard.hpp"
#include "actors/hello.hpp"
#include "actors/producer.hpp"
#include "actors/replies.hpp"

#include <chrono>
#include <string>
#include <utility>
#include <variant>

namespace wskafka {
namespace {

/// Replies that one connection may be owed, in its outward marks.
constexpr std::size_t most_replies = 4;

protocol::limits limits_of(const config::options& options) {
  protocol::limits bounds;
  bounds.messages_per_frame = options.websocket.max_messages_per_frame;
  bounds.topics_per_request = options.websocket.max_topics_per_request;
  bounds.id_bytes = options.websocket.max_id;
  bounds.internal_topics = options.kafka.allow_internal_topics;
  bounds.deletes = options.kafka.allow_delete_topics;
  bounds.receipts = options.producer.require_acks != config::acks::none;
  return bounds;
}

std::chrono::milliseconds time_of_day() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::system_clock::now().time_since_epoch());
}

}  // namespace

router::router(caf::actor_config& config, environment& shared, unsigned shard,
               std::shared_ptr<shard_inbox> inbox, topics_actor topics,
               gateway_actor gateway)
    : router_actor::base(config),
      shared_(shared),
      shard_(shard),
      inbox_(std::move(inbox)),
      topics_(std::move(topics)),
      gateway_(std::move(gateway)),
      parser_(limits_of(shared.options)),
      buffers_(shared.options.producer) {}

router_actor::behavior_type router::make_behavior() {
  guard_handlers(this, shared_, [this] { failed_ = true; });
  return {
      [this](inbox_ready) { on_inbox(); },
      [this](flush_due) {
        flush_armed_ = false;
        send_due_publishes();
      },
      [this](const connection_failed& failed) {
        shared_.sockets.send(
            {failed.ref, ws::close{ws::close_reason::internal}});
      },
      [this](const begin_stop&) {
        stopping_ = true;
        send_all_publishes();
        send(gateway_, router_stopped{});
      },
      [this](const describe& query) { on_describe(query); },
      [this](retire) { quit(); },
  };
}

void router::on_exit() {
  inbox_->close();
  send_all_publishes();
  // Not before: who is told of it counts on the producers having all.
  if (failed_)
    send(gateway_, actor_failed{"router"});
  for (auto& connection : connections_) {
    send(connection.second.connection, peer_closed{});
    if (connection.second.publishing.producer)
      send(connection.second.publishing.producer, peer_closed{});
  }
  connections_.clear();
  // Only after a failure: the gateway still holds this.
  touched_.clear();
  events_.clear();
  topics_ = nullptr;
  gateway_ = nullptr;
}

// -- one burst

void router::on_inbox() {
  inbox_->drain(events_);
  now_ = home_system().clock().now();
  const std::uint64_t before = messages_;
  for (ws::event& event : events_) {
    if (auto* received = std::get_if<ws::received>(&event)) {
      on_received(*received);
    } else if (auto* written = std::get_if<ws::written>(&event)) {
      if (entry* from = find(written->ref)) {
        from->burst.written = true;
        touch(*from);
      }
    } else if (auto* confirmed = std::get_if<ws::confirmed>(&event)) {
      if (entry* from = find(confirmed->ref)) {
        from->burst.confirmed = confirmed->sequence;
        touch(*from);
      }
    } else if (auto* aside = std::get_if<ws::stands_aside>(&event)) {
      if (entry* from = find(aside->ref)) {
        from->burst.places.push_back(std::move(*aside));
        touch(*from);
      }
    } else if (auto* opened = std::get_if<ws::opened>(&event)) {
      on_opened(*opened);
    } else if (auto* closed = std::get_if<ws::closed>(&event)) {
      // What came before it goes first.
      send_bursts();
      on_closed(*closed);
    }
  }
  events_.clear();
  handling_.add(static_cast<double>(messages_ - before), now_);
  send_bursts();
}

void router::on_opened(ws::opened& event) {
  entry& added = connections_[event.ref.ws];
  added.to = {event.ref, std::move(event.account)};
  added.connection = home_system().spawn<connection>(
      shared_, added.to, topics_, gateway_, router_actor{this});
  send(gateway_, connection_opened{event.ref.ws, added.connection});
  event_info info;
  info.what = event::ws_connection;
  info.ws = event.ref.ws;
  info.text = event.remote;
  shared_.events.emit(info);
}

void router::on_closed(const ws::closed& event) {
  const auto found = connections_.find(event.ref.ws);
  if (found == connections_.end())
    return;
  send(found->second.connection, peer_closed{});
  publish_buffer& publishing = found->second.publishing;
  send_publishes(publishing);
  if (publishing.producer)
    send(publishing.producer, peer_closed{});
  connections_.erase(found);
  event_info info;
  info.what = event::ws_close;
  info.ws = event.ref.ws;
  info.code = event.code;
  info.text = ws::to_string(event.reason);
  shared_.events.emit(info);
}

void router::on_received(ws::received& event) {
  entry* from = find(event.ref);
  if (from == nullptr || from->flooded || flooded(*from))
    return;
  const auto& messages = parser_.parse(event.text, from->strict);
  shared_.count.requests += messages.size();
  ++frames_;
  messages_ += messages.size();
  index_charge_ = 0;
  for (const protocol::message& message : messages) {
    // The last records are still confirmed.
    if (stopping_ && !std::holds_alternative<protocol::ack_request>(message))
      refuse(*from, message, shutting_down());
    else if (event.refused)
      refuse(*from, message,
             {protocol::error_code::queue_full,
              "Too much of this connection's data waits for Kafka. Nothing of "
              "this message was carried out."});
    else
      std::visit([&](const auto& request) { dispatch(*from, request); },
                 message);
  }
  if (index_charge_ == 0)
    return;
  // The frame is paid for by its records from here on, and so is their index.
  net::charge& held = from->publishing.batches.back()->held;
  held.merge(std::move(event.held));
  held.merge({from->to.account, net::direction::in, index_charge_});
  if (buffers_.frame_ends(from->publishing))
    send_publishes(from->publishing);
}

/// The broker would refuse with it all that others published in one batch.
bool router::too_far_ahead(const protocol::record_extras& more) const {
  return more.timestamp &&
         *more.timestamp >
             (time_of_day() + shared_.options.producer.max_timestamp_ahead)
                 .count();
}

/// Replies are never refused, and the shard stops reading who does not take
/// them; but one that has sent thousands of requests before that can be owed
/// more than we have. Its connection ends, and what it still sent goes.
bool router::flooded(entry& from) {
  const net::account& account = *from.to.account;
  if (account.held(net::direction::out) <=
      most_replies * account.mark(net::direction::out))
    return false;
  from.flooded = true;
  shared_.sockets.send({from.to.ref, ws::close{ws::close_reason::slow}});
  return true;
}

void router::send_bursts() {
  send_due_publishes();
  for (entry* from : touched_) {
    control_burst burst = std::exchange(from->burst, {});
    if (!burst.requests.empty() || !burst.acks.empty() ||
        !burst.places.empty() || burst.written || burst.confirmed != 0)
      send(from->connection, std::move(burst));
    from->touched = false;
  }
  touched_.clear();
}

void router::send_publishes(publish_buffer& buffer) {
  if (!buffer.batches.empty())
    send(buffer.producer, publish{buffers_.take(buffer)});
}

void router::send_all_publishes() {
  for (auto& connection : connections_)
    send_publishes(connection.second.publishing);
}

void router::send_due_publishes() {
  // A long burst ends later than it began.
  const time_point now = home_system().clock().now();
  while (publish_buffer* due = buffers_.next_due(now))
    send_publishes(*due);
  const auto next = buffers_.first_due();
  if (next && !std::exchange(flush_armed_, true))
    delayed_send(this, *next - now, flush_due{});
}

// -- by t and a

void router::dispatch(entry& from, const protocol::publish_request& request) {
  if (request.more && too_far_ahead(*request.more)) {
    refuse(from, request,
           {"INVALID_TIMESTAMP",
            "p.timestamp is more than " +
                std::to_string(
                    shared_.options.producer.max_timestamp_ahead.count()) +
                " ms ahead of the server's clock.",
            false});
    return;
  }
  need_producer(from);
  index_charge_ += add_to_batch(buffers_.open(from.publishing, now_), request);
}

void router::dispatch(entry& from, const protocol::create_request& request) {
  control_request create = to_control(request);
  // Where missing topics are created anyway nobody needs to wait for this one.
  if (!shared_.options.kafka.auto_create_topics) {
    // It overtakes the publishes that wait, which may wait all the same.
    need_producer(from);
    send(from.publishing.producer, expect_topics{create.topics});
    create.watcher = from.publishing.producer;
  }
  order(from, std::move(create));
}

void router::dispatch(entry& from, const protocol::delete_request& request) {
  order(from, to_control(request));
}

void router::dispatch(entry& from, const protocol::list_request& request) {
  order(from, to_control(request));
}

void router::dispatch(entry& from, const protocol::describe_request& request) {
  order(from, to_control(request));
}

void router::dispatch(entry& from, const protocol::offsets_request& request) {
  order(from, to_control(request));
}

void router::dispatch(entry& from, const protocol::ack_request& request) {
  std::size_t bytes = 0;
  for (const protocol::record_position& at : request.records) {
    bytes += sizeof(acked_record) + at.topic.size();
    from.burst.acks.push_back(
        {{std::string(at.topic), at.partition}, at.offset});
  }
  if (bytes == 0)
    return;
  net::charge held(from.to.account, net::direction::in, bytes);
  if (from.burst.acks_held)
    from.burst.acks_held->merge(std::move(held));
  else
    from.burst.acks_held = std::make_shared<net::charge>(std::move(held));
  touch(from);
}

void router::dispatch(entry& from, const protocol::subscribe_request& request) {
  control_request subscribe = to_control(request);
  if (subscribe.group.empty())
    subscribe.group = shared_.options.consumer.group_id;
  order(from, std::move(subscribe));
}

void router::dispatch(entry& from,
                      const protocol::unsubscribe_request& request) {
  order(from, to_control(request));
}

void router::dispatch(entry& from,
                      const protocol::partitions_request& request) {
  order(from, to_control(request));
}

void router::dispatch(entry& from, const protocol::health_request& request) {
  auto held = std::make_shared<net::charge>(
      from.to.account, net::direction::in,
      sizeof(health_query) + request.head.id.size() + request.head.a.size());
  send(gateway_,
       health_query{from.to, owned_envelope(request.head), request.detail,
                    request.limit, request.offset, std::move(held)});
}

void router::dispatch(entry& from, const protocol::hello_request& request) {
  from.strict = true;
  reply_success(shared_.sockets, from.to, request.head,
                hello_text(shared_.options, from.to.ref.ws));
}

void router::dispatch(entry& from, const protocol::ping_request& request) {
  reply_success(shared_.sockets, from.to, request.head,
                "{\"time\":" + std::to_string(time_of_day().count()) + '}');
}

void router::dispatch(entry& from, const protocol::bad_request& request) {
  ++shared_.count.bad_requests;
  refuse(from, request,
         request.known
             ? unknown_key(request.why, request.unknown_key, *request.known)
             : request.why);
}

void router::refuse(entry& from, const protocol::message& request,
                    const protocol::failure& why) {
  ++shared_.count.failures;
  last_error_ = why.code;
  const auto* bad = std::get_if<protocol::bad_request>(&request);
  const bool publish =
      std::holds_alternative<protocol::publish_request>(request) ||
      (bad && bad->publish);
  const bool notif = publish ||
                     std::holds_alternative<protocol::ack_request>(request) ||
                     (bad && bad->notif);
  if (publish)
    ++shared_.count.publish_refused;
  const protocol::envelope& head = std::visit(
      [](const auto& any) -> const protocol::envelope& { return any.head; },
      request);
  reply_failure(shared_.sockets, from.to, head, why,
                notif ? std::optional(protocol::persisted::no) : std::nullopt);
}

void router::on_describe(const describe& query) {
  const json state = {
      {"kind", "router"},
      {"id", shard_},
      {"queue", mailbox().size()},
      {"connections", connections_.size()},
      {"buffered",
       {{"messages", buffers_.messages()}, {"bytes", buffers_.bytes()}}},
      {"frames", frames_},
      {"messages", messages_},
      {"per_second", handling_.per_second(home_system().clock().now())},
      {"last_error", last_error_},
  };
  send(query.to, described{query.query, query.index, state.dump()});
}

// -- helpers

router::entry* router::find(const ws::connection_ref& ref) {
  const auto found = connections_.find(ref.ws);
  return found == connections_.end() ? nullptr : &found->second;
}

void router::touch(entry& from) {
  if (!std::exchange(from.touched, true))
    touched_.push_back(&from);
}

void router::order(entry& from, control_request request) {
  request.deadline = now_ + shared_.options.kafka.request_timeout;
  request.held = std::make_shared<net::charge>(
      from.to.account, net::direction::in, sizeof(request) + bytes_of(request));
  from.burst.requests.push_back(std::move(request));
  touch(from);
}

void router::need_producer(entry& from) {
  producer_actor& needed = from.publishing.producer;
  if (needed)
    return;
  needed = home_system().spawn<producer>(shared_, from.to, topics_, gateway_);
  send(gateway_, producer_opened{from.to.ref.ws, needed});
}

}  // namespace wskafka
