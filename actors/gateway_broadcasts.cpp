#include "actors/broadcast.hpp"
#include "actors/gateway.hpp"
#include "actors/replies.hpp"

#include <utility>

/// The gateway's part in broadcasting: one actor for each topic, one tail
/// reader for all.
namespace wskafka {
namespace {

/// How long a reader that cannot go on may take to end.
constexpr std::chrono::milliseconds tails_close_time{10000};

}  // namespace

void gateway::on_find_broadcasts(const find_broadcasts& request) {
  asking_.add(1, now());
  auto why = stopping_ ? std::optional(shutting_down()) : open_tails();
  if (why) {
    last_error_ = why->code;
    send(request.reply_to,
         group_refused{request.subscription, std::move(*why)});
    return;
  }
  broadcasts_found answer;
  answer.subscription = request.subscription;
  for (const std::string& topic : request.topics)
    answer.links.push_back(link_to(topic));
  send(request.reply_to, std::move(answer));
}

/// A reader that cannot go on is replaced, and with it the actors that use it.
std::optional<protocol::failure> gateway::open_tails() {
  if (tails_ && !hub_->ended())
    return std::nullopt;
  for (const auto& [topic, entry] : broadcasts_)
    send(entry.actor, retire{});
  broadcasts_.clear();
  if (tails_)
    tails_->close(now() + tails_close_time);
  hub_ = std::make_shared<tail_hub>();
  auto opened = shared_.kafka.tails(hub_, shared_.book.open());
  if (!opened) {
    tails_ = nullptr;
    return to_protocol(opened.error);
  }
  tails_ = std::move(*opened.value);
  if (!past_)
    past_ = shared_.kafka.history();
  return past_ ? std::nullopt : std::optional(shutting_down());
}

broadcast_link gateway::link_to(const std::string& topic) {
  one_broadcast& entry = broadcasts_[topic];
  if (!entry.actor)
    entry.actor = home_system().spawn<broadcast>(shared_, topic, tails_, hub_,
                                                 past_, gateway_actor{this});
  ++entry.found;
  return broadcast_link{entry.actor};
}

void gateway::on_broadcast_idle(const broadcast_idle& idle) {
  // Its `broadcast_stopped` is counted on.
  if (stopping_)
    return;
  const auto found = broadcasts_.find(idle.topic);
  if (found == broadcasts_.end() || found->second.actor != current_sender() ||
      found->second.found != idle.seen)
    return;
  send(found->second.actor, retire{});
  broadcasts_.erase(found);
}

/// Of one that retired nothing is left here; one that failed makes room for a
/// new one.
void gateway::on_broadcast_gone(const broadcast_gone& gone) {
  const auto found = broadcasts_.find(gone.topic);
  if (found == broadcasts_.end() || found->second.actor != current_sender())
    return;
  if (stopping_ && !found->second.stopped)
    --unstopped_broadcasts_;
  broadcasts_.erase(found);
  stopped_if_done();
}

void gateway::on_broadcast_stopped(const broadcast_stopped& ended) {
  const auto found = broadcasts_.find(ended.topic);
  if (found == broadcasts_.end() || std::exchange(found->second.stopped, true))
    return;
  --unstopped_broadcasts_;
  stopped_if_done();
}

}  // namespace wskafka
