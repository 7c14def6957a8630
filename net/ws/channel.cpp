#include "net/ws/channel.hpp"

#include "net/ws/peer.hpp"

#include <algorithm>

namespace wskafka::ws {
namespace {

/// How many members before its turn one is told to be expected, and expected
/// soon: about as long as memory takes to come.
constexpr std::size_t far_ahead = 6;
constexpr std::size_t near_ahead = 3;

}  // namespace

void channel::join(const connection_ref& who, const join_channel& how) {
  if (!places_.emplace(who.ws, members_.size()).second)
    return;
  members_.push_back({who, end(), how.gaps, how.behind, how.drops});
  if (how.from)
    know(*how.from);
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
    p->send_shared(frame, &frame != &what.frames.back());
  if (what.last) {
    if (what.ends)
      know(*what.ends);
    to.next = end();
    to.behind = false;
  } else {
    p->tell_shared_written();
  }
}

void channel::stand_aside(channel_host& host, const connection_ref& who,
                          const ws::stand_aside& how) {
  peer* const p = host.find_peer(who);
  if (!p || p->ending())
    return;
  stands_aside told;
  const auto found = places_.find(who.ws);
  if (found != places_.end() && !members_[found->second].behind) {
    member& one = members_[found->second];
    told = place_of(one);
    told.behind = one.behind = !how.stay;
  }
  told.ref = who;
  told.channel = how.channel;
  told.request = how.request;
  p->tell_place(std::move(told));
}

/// Where the member stands.
stands_aside channel::place_of(const member& who) const {
  auto at = passed_;
  for (std::uint64_t i = first_; i < who.next; ++i)
    if (const auto& ends = frames_[i - first_].ends)
      for (const partition_end& each : *ends)
        at[each.partition] = each.offset;
  stands_aside told;
  told.ref = who.ref;
  told.known = true;
  for (const auto& [partition, offset] : at)
    told.next.push_back({partition, offset});
  return told;
}

/// What was sent before a member joined, or while all stood aside, is not here:
/// it is passed, and members who had it otherwise stand behind it. Those who
/// tell may be late.
void channel::know(const partition_ends& ends) {
  auto at = passed_;
  for (const partition_end& each : ends) {
    std::int64_t& offset = at[each.partition];
    offset = std::max(offset, each.offset);
  }
  for (const entry& frame : frames_)
    if (frame.ends)
      for (const partition_end& each : *frame.ends)
        at.erase(each.partition);
  for (const auto& [partition, offset] : at)
    passed_[partition] = offset;
}

bool channel::turn(channel_host& host, std::size_t most) {
  if (at_ == 0)
    round_end_ = end();
  for (; most > 0 && at_ < members_.size(); --most) {
    look_ahead(host);
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

/// A thousand members have left the processor's cache by their next turn:
/// waiting for each one's memory was up to a tenth of what a fan-out costs.
void channel::look_ahead(channel_host& host) const {
  if (at_ + far_ahead < members_.size())
    host.expect(members_[at_ + far_ahead].ref, false);
  if (at_ + near_ahead < members_.size())
    host.expect(members_[at_ + near_ahead].ref, true);
}

/// False: it is not a member any more.
bool channel::serve(channel_host& host, member& to) {
  peer* const p = host.find_peer(to.ref);
  if (!p || p->ending())
    return false;
  if (to.behind)
    return true;
  const std::size_t room = p->room();
  for (; to.next < end(); ++to.next) {
    const entry& each = frames_[to.next - first_];
    if (each.gap && !to.gaps)
      continue;
    if (each.frame->size() <= room) {
      p->send_shared(each.frame, to.next + 1 < end());
      continue;
    }
    if (!to.drops) {
      p->close(close_reason::slow);
      return false;
    }
    stands_aside told = place_of(to);
    told.channel = number_;
    told.behind = to.behind = true;
    p->tell_place(std::move(told));
    return true;
  }
  return true;
}

void channel::end_round() {
  at_ = 0;
  if (members_.empty())
    round_end_ = end();
  while (first_ < round_end_) {
    if (const auto& ends = frames_.front().ends)
      for (const partition_end& each : *ends)
        passed_[each.partition] = each.offset;
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
