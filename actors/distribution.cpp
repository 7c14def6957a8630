#include "actors/distribution.hpp"

#include <cstddef>
#include <vector>

namespace wskafka {
namespace {

bool wants(const interests& members, std::uint64_t ws,
           const std::string& topic) {
  const auto found = members.find(ws);
  return found != members.end() && found->second.count(topic) > 0;
}

/// The member that has least, of those who want the topic; 0 when nobody does.
std::uint64_t poorest(const interests& members,
                      const std::map<std::uint64_t, std::size_t>& load,
                      const std::string& topic) {
  std::uint64_t best = 0;
  for (const auto& [ws, topics] : members) {
    if (topics.count(topic) == 0)
      continue;
    if (best == 0 || load.at(ws) < load.at(best))
      best = ws;
  }
  return best;
}

}  // namespace

ownership distribute(const interests& members, const ownership& now) {
  std::map<std::uint64_t, std::size_t> load;
  for (const auto& member : members)
    load[member.first] = 0;

  ownership result;
  for (const auto& [at, owner] : now) {
    const bool stays = owner != 0 && wants(members, owner, at.topic);
    result[at] = stays ? owner : 0;
    if (stays)
      ++load[owner];
  }
  for (auto& [at, owner] : result) {
    if (owner != 0)
      continue;
    owner = poorest(members, load, at.topic);
    if (owner != 0)
      ++load[owner];
  }
  // Each move lessens the sum of squared loads, so this ends. A partition may
  // move on along a chain of members that share no topic with each other.
  for (bool moved = true; moved;) {
    moved = false;
    for (auto& [at, owner] : result) {
      if (owner == 0)
        continue;
      const std::uint64_t poor = poorest(members, load, at.topic);
      if (load[owner] <= load[poor] + 1)
        continue;
      --load[owner];
      ++load[poor];
      owner = poor;
      moved = true;
    }
  }
  return result;
}

}  // namespace wskafka
