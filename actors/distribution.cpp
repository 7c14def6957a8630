#include "actors/distribution.hpp"

#include <cstddef>
#include <utility>

namespace wskafka {
namespace {

bool wants(const interests& members, std::uint64_t ws,
           const std::string& topic) {
  const auto found = members.find(ws);
  return found != members.end() && found->second.count(topic) > 0;
}

/// How much each member has, and for each topic its members by that, so that
/// thousands of members do not cost their number for each partition.
class loads {
 public:
  explicit loads(const interests& members) : members_(members) {
    for (const auto& [ws, topics] : members)
      for (const std::string& topic : topics)
        by_topic_[topic].insert({0, ws});
  }

  std::size_t of(std::uint64_t ws) const {
    const auto found = load_.find(ws);
    return found == load_.end() ? 0 : found->second;
  }

  void change(std::uint64_t ws, int by) {
    const std::size_t before = of(ws);
    const std::size_t after = before + static_cast<std::size_t>(by);
    for (const std::string& topic : members_.at(ws)) {
      auto& order = by_topic_[topic];
      order.erase({before, ws});
      order.insert({after, ws});
    }
    load_[ws] = after;
  }

  /// The member that has least, of those who want the topic; 0 when nobody
  /// does.
  std::uint64_t poorest(const std::string& topic) const {
    const auto found = by_topic_.find(topic);
    return found == by_topic_.end() ? 0 : found->second.begin()->second;
  }

 private:
  const interests& members_;
  std::map<std::uint64_t, std::size_t> load_;
  std::map<std::string, std::set<std::pair<std::size_t, std::uint64_t>>>
      by_topic_;
};

}  // namespace

ownership distribute(const interests& members, const ownership& now) {
  loads load(members);
  ownership result;
  for (const auto& [at, owner] : now) {
    const bool stays = owner != 0 && wants(members, owner, at.topic);
    result[at] = stays ? owner : 0;
    if (stays)
      load.change(owner, 1);
  }
  for (auto& [at, owner] : result) {
    if (owner != 0)
      continue;
    owner = load.poorest(at.topic);
    if (owner != 0)
      load.change(owner, 1);
  }
  // Each move lessens the sum of squared loads, so this ends. A partition may
  // move on along a chain of members that share no topic with each other.
  for (bool moved = true; moved;) {
    moved = false;
    for (auto& [at, owner] : result) {
      if (owner == 0)
        continue;
      const std::uint64_t poor = load.poorest(at.topic);
      if (load.of(owner) <= load.of(poor) + 1)
        continue;
      load.change(owner, -1);
      load.change(poor, 1);
      owner = poor;
      moved = true;
    }
  }
  return result;
}

}  // namespace wskafka
