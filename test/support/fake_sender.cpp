#include "test/support/fake_sender.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>
#include <variant>

namespace wskafka::test {

void fake_sender::send(ws::outgoing item) {
  connection& to = connections_[item.to.ws];
  if (auto* text = std::get_if<ws::text>(&item.what)) {
    if (broken)
      throw std::runtime_error("broken");
    to.confirm = std::max(to.confirm, text->confirm);
    // An empty one is no frame.
    if (!text->payload.empty())
      to.texts.push_back(text->payload);
    to.unwritten.push_back(std::move(*text));
  } else if (auto* close = std::get_if<ws::close>(&item.what)) {
    to.closed.push_back(close->reason);
  } else if (std::holds_alternative<ws::confirm_now>(item.what)) {
    ++to.hurried;
  } else if (const auto* how = std::get_if<ws::be_impatient>(&item.what)) {
    to.impatient = how->on;
  } else if (const auto* quiet = std::get_if<ws::may_be_silent>(&item.what)) {
    to.silent = quiet->on;
  } else {
    send_to_channel(item);
  }
}

void fake_sender::send_to_channel(const ws::outgoing& item) {
  const auto named = [&](std::uint64_t id) -> channel& {
    return channels_[{id, item.to.shard}];
  };
  if (const auto* how = std::get_if<ws::join_channel>(&item.what))
    join(named(how->channel), item);
  else if (const auto* leave = std::get_if<ws::leave_channel>(&item.what))
    named(leave->channel).members.erase(item.to.ws);
  else if (const auto* out = std::get_if<ws::fan_out>(&item.what))
    fan_out(named(out->channel), *out);
  else if (const auto* past = std::get_if<ws::catch_up>(&item.what))
    bring(item.to.ws, named(past->channel), *past);
  else if (const auto* aside = std::get_if<ws::stand_aside>(&item.what))
    stand_aside(named(aside->channel), item.to.ws, *aside);
}

void fake_sender::join(channel& to, const ws::outgoing& item) {
  const auto& how = std::get<ws::join_channel>(item.what);
  to.members.emplace(item.to.ws, std::pair(item.to, how));
  if (to.at.empty() && how.from)
    for (const ws::partition_end& each : *how.from)
      to.at[each.partition] = each.offset;
}

void fake_sender::fan_out(channel& to, const ws::fan_out& what) {
  ++fan_outs;
  for (auto& [ws, who] : to.members) {
    if (who.second.behind || (what.gap && !who.second.gaps))
      continue;
    if (who.second.drops && stalled_[ws])
      stand_aside(to, ws, {what.channel, 0, false});
    else
      connections_[ws].texts.emplace_back(what.frame->payload());
  }
  if (what.ends)
    for (const ws::partition_end& each : *what.ends)
      to.at[each.partition] = each.offset;
}

void fake_sender::stand_aside(channel& in, std::uint64_t ws,
                              const ws::stand_aside& how) {
  auto& [ref, member] = in.members.at(ws);
  ws::stands_aside told;
  told.ref = ref;
  told.channel = how.channel;
  told.request = how.request;
  told.known = !member.behind;
  told.behind = !member.behind && !how.stay;
  for (const auto& [partition, offset] : in.at)
    told.next.push_back({partition, offset});
  if (told.behind) {
    member.behind = true;
    connections_[ws].unwritten.emplace_back();
    connections_[ws].unwritten.back().tell_written = true;
  }
  places.push_back(std::move(told));
}

void fake_sender::bring(std::uint64_t ws, channel& to,
                        const ws::catch_up& what) {
  const auto found = to.members.find(ws);
  if (found == to.members.end() || !found->second.second.behind)
    return;
  connection& one = connections_[ws];
  for (const ws::shared_frame_ptr& frame : what.frames)
    one.texts.emplace_back(frame->payload());
  found->second.second.behind = !what.last;
  if (what.last) {
    on_last();
  } else {
    one.unwritten.emplace_back();
    one.unwritten.back().tell_written = true;
  }
}

bool fake_sender::impatient(std::uint64_t ws) const {
  return at(ws).impatient;
}

bool fake_sender::silent(std::uint64_t ws) const {
  return at(ws).silent;
}

void fake_sender::send(unsigned, std::vector<ws::outgoing>& burst) {
  for (ws::outgoing& item : burst)
    send(std::move(item));
  burst.clear();
}

std::vector<std::string> fake_sender::take_text(std::uint64_t ws) {
  return std::exchange(connections_[ws].texts, {});
}

std::vector<json> fake_sender::take(std::uint64_t ws) {
  std::vector<json> parsed;
  for (const std::string& text : take_text(ws))
    parsed.push_back(json::parse(text));
  return parsed;
}

json fake_sender::take_one(std::uint64_t ws) {
  std::vector<json> all = take(ws);
  if (all.size() != 1)
    throw std::runtime_error("sent were " + json(all).dump());
  return all.front();
}

bool fake_sender::write(std::uint64_t ws) {
  const auto written = std::exchange(connections_[ws].unwritten, {});
  return std::any_of(written.begin(), written.end(),
                     [](const ws::text& text) { return text.tell_written; });
}

const fake_sender::connection& fake_sender::at(std::uint64_t ws) const {
  static const connection nothing;
  const auto found = connections_.find(ws);
  return found == connections_.end() ? nothing : found->second;
}

std::uint64_t fake_sender::confirmable(std::uint64_t ws) const {
  return at(ws).confirm;
}

unsigned fake_sender::hurried(std::uint64_t ws) const {
  return at(ws).hurried;
}

std::vector<ws::close_reason> fake_sender::closed(std::uint64_t ws) const {
  return at(ws).closed;
}

}  // namespace wskafka::test
