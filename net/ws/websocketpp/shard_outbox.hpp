#pragma once

#include "net/ws/fetch_ahead.hpp"
#include "net/ws/websocketpp/shard_core.hpp"

#include <boost/asio/post.hpp>

#include <utility>
#include <variant>

/// What a shard does with what it is told to send: to one connection, or to
/// all in a channel.
namespace wskafka::ws {

inline void shard_core::drain() {
  outbox_.drain(drained_);
  for (outgoing& item : drained_)
    deliver(std::move(item));
  drained_.clear();
  resumes_.drain(resumed_);
  for (const connection_ref& ref : resumed_) {
    if (const connection_ptr* found = table_.find(ref)) {
      const connection_ptr c = *found;
      guarded(c.get(), [&c] { c->open->resume(); });
    }
  }
  resumed_.clear();
  if (!std::exchange(fanning_, true))
    fan_out_turn();
  flush_dirty();
}

inline peer* shard_core::find_peer(const connection_ref& ref) {
  const connection_ptr* found = table_.find(ref);
  return found ? (*found)->open.get() : nullptr;
}

/// What `link::write_now` and the peer above it read.
inline void shard_core::expect(const connection_ref& ref, bool soon) {
  const connection_ptr* found = table_.find(ref);
  if (!found)
    return;
  connection& c = **found;
  const lean::link& l = c;
  if (soon) {
    fetch_ahead(l.open.get(), sizeof(peer));
    fetch_ahead(&c.get_raw_socket(), 1);
  } else {
    // Where the socket is; the link stands behind that.
    fetch_ahead(&c, 128);
    fetch_ahead(&l, sizeof l);
  }
}

/// The rest comes after what else is ready by then.
inline void shard_core::fan_out_turn() {
  fanning_ = false;
  guarded(nullptr, [this] { fanning_ = channels_.turn(*this); });
  if (fanning_)
    boost::asio::post(io_, [this] {
      fan_out_turn();
      flush_dirty();
    });
}

inline bool shard_core::is_for_channel(const outgoing& item) {
  return std::holds_alternative<ws::fan_out>(item.what) ||
         std::holds_alternative<join_channel>(item.what) ||
         std::holds_alternative<leave_channel>(item.what) ||
         std::holds_alternative<ws::catch_up>(item.what) ||
         std::holds_alternative<ws::stand_aside>(item.what);
}

inline void shard_core::deliver_to_channel(outgoing& item) {
  if (auto* frame = std::get_if<ws::fan_out>(&item.what)) {
    pace_.sent();
    channels_.append(std::move(*frame));
  } else if (const auto* past = std::get_if<ws::catch_up>(&item.what)) {
    pace_.sent();
    channels_.bring(*this, item.to.ws, *past);
  } else if (auto* join = std::get_if<join_channel>(&item.what)) {
    if (table_.find(item.to))
      channels_.join(item.to, *join);
  } else if (const auto* aside = std::get_if<ws::stand_aside>(&item.what)) {
    channels_.stand_aside(*this, item.to, *aside);
  } else if (auto* leave = std::get_if<leave_channel>(&item.what)) {
    channels_.leave(leave->channel, item.to.ws);
  }
}

inline void shard_core::deliver(outgoing&& item) {
  if (is_for_channel(item)) {
    guarded(nullptr, [&] { deliver_to_channel(item); });
    return;
  }
  const connection_ptr* found = table_.find(item.to);
  if (!found) {
    if (std::holds_alternative<text>(item.what))
      counters_.undeliverable.add();
    return;
  }
  const connection_ptr c = *found;
  guarded(c.get(), [&] {
    if (auto* t = std::get_if<text>(&item.what)) {
      pace_.sent();
      c->open->send(std::move(*t));
    } else if (auto* end = std::get_if<ws::close>(&item.what)) {
      c->open->close(end->reason);
    } else if (const auto* how = std::get_if<be_impatient>(&item.what)) {
      c->open->be_impatient(how->on);
    } else if (const auto* silent = std::get_if<may_be_silent>(&item.what)) {
      c->open->may_be_silent(silent->on);
    } else {
      c->open->confirm();
    }
  });
}

}  // namespace wskafka::ws
