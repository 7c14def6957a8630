#include "net/ws/channels.hpp"

#include <utility>

namespace wskafka::ws {

void channels::leave(std::uint64_t id, std::uint64_t ws) {
  const auto found = channels_.find(id);
  if (found == channels_.end())
    return;
  found->second.members.leave(ws);
  if (found->second.members.members() == 0)
    channels_.erase(found);
}

void channels::append(fan_out item) {
  const auto found = channels_.find(item.channel);
  if (found == channels_.end())
    return;
  found->second.members.append(std::move(item.frame), item.gap,
                               std::move(item.ends));
  if (!std::exchange(found->second.busy, true))
    busy_.push_back(item.channel);
}

void channels::bring(channel_host& host, std::uint64_t ws,
                     const catch_up& what) {
  const auto found = channels_.find(what.channel);
  if (found != channels_.end())
    found->second.members.bring(host, ws, what);
}

void channels::stand_aside(channel_host& host, const connection_ref& who,
                           const ws::stand_aside& how) {
  const auto found = channels_.find(how.channel);
  if (found != channels_.end())
    found->second.members.stand_aside(host, who, how);
}

bool channels::turn(channel_host& host) {
  if (busy_.empty())
    return false;
  const std::uint64_t id = busy_.front();
  const auto found = channels_.find(id);
  if (found != channels_.end()) {
    entry& e = found->second;
    e.busy = e.members.turn(host, slice);
    if (e.busy)
      busy_.push_back(id);
    if (e.members.members() == 0)
      channels_.erase(found);
  }
  // Not before: a turn that throws is taken again.
  busy_.pop_front();
  return !busy_.empty();
}

}  // namespace wskafka::ws
