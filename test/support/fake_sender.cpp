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
  } else {
    send_to_channel(item);
  }
}

void fake_sender::send_to_channel(const ws::outgoing& item) {
  if (const auto* join = std::get_if<ws::join_channel>(&item.what)) {
    channels_[{join->channel, item.to.shard}].emplace(item.to.ws, *join);
  } else if (const auto* leave = std::get_if<ws::leave_channel>(&item.what)) {
    channels_[{leave->channel, item.to.shard}].erase(item.to.ws);
  } else if (const auto* out = std::get_if<ws::fan_out>(&item.what)) {
    ++fan_outs;
    for (const auto& [ws, how] : channels_[{out->channel, item.to.shard}])
      if (!how.behind && (!out->gap || how.gaps))
        connections_[ws].texts.emplace_back(out->frame->payload());
  } else if (const auto* past = std::get_if<ws::catch_up>(&item.what)) {
    bring(item.to.ws, channels_[{past->channel, item.to.shard}], *past);
  }
}

void fake_sender::bring(std::uint64_t ws, members& to,
                        const ws::catch_up& what) {
  const auto found = to.find(ws);
  if (found == to.end() || !found->second.behind)
    return;
  connection& one = connections_[ws];
  for (const ws::shared_frame_ptr& frame : what.frames)
    one.texts.emplace_back(frame->payload());
  found->second.behind = !what.last;
  if (!what.last) {
    one.unwritten.emplace_back();
    one.unwritten.back().tell_written = true;
  }
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
