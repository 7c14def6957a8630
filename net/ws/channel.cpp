#include "net/ws/channel.hpp"

#include "net/ws/peer.hpp"

namespace wskafka::ws {

void channel::join(const connection_ref& who, const join_channel& how) {
  if (!places_.emplace(who.ws, members_.size()).second)
    return;
  members_.push_back({who, end(), how.gaps, how.behind});
}

void channel::leave(std::uint64_t ws) {
  const auto found = places_.find(ws);
  if (found != places_.end())
    remove(found->second);
}

/// From here on it lacks nothing of what is here, whatever the round is at.
void channel::bring(channel_host& host, std::uint64_t ws,
                    const catch_up& what) {
  const auto found = places_.find(ws);
  if (found == places_.end() || !members_[found->second].behind)
    return;
  member& to = members_[found->second];
  peer* const p = host.find_peer(to.ref);
  if (!p || p->ending())
    return;
  for (const shared_frame_ptr& frame : what.frames)
    p->send_shared(frame);
  if (what.last) {
    to.next = end();
    to.behind = false;
  } else {
    p->tell_shared_written();
  }
}

bool channel::turn(channel_host& host, std::size_t most) {
  if (at_ == 0)
    round_end_ = end();
  for (; most > 0 && at_ < members_.size(); --most) {
    if (serve(host, members_[at_]))
      ++at_;
    else
      remove(at_);
  }
  if (at_ < members_.size())
    return true;
  end_round();
  return !frames_.empty();
}

/// False: it is not a member any more.
bool channel::serve(channel_host& host, member& to) {
  peer* const p = host.find_peer(to.ref);
  if (!p || p->ending())
    return false;
  if (to.behind)
    return true;
  for (; to.next < end(); ++to.next) {
    const entry& each = frames_[to.next - first_];
    if ((!each.gap || to.gaps) && !p->fan_out(each.frame)) {
      p->close(close_reason::slow);
      return false;
    }
  }
  return true;
}

void channel::end_round() {
  at_ = 0;
  if (members_.empty())
    round_end_ = end();
  while (first_ < round_end_) {
    frames_.pop_front();
    ++first_;
  }
}

/// Fills the place so that nobody moves from those who were not served yet to
/// those who were.
void channel::remove(std::size_t place) {
  places_.erase(members_[place].ref.ws);
  if (place < at_) {
    move(--at_, place);
    place = at_;
  }
  move(members_.size() - 1, place);
  members_.pop_back();
}

void channel::move(std::size_t from, std::size_t to) {
  if (from == to)
    return;
  members_[to] = members_[from];
  places_[members_[to].ref.ws] = to;
}

}  // namespace wskafka::ws
