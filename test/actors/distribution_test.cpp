#include "actors/distribution.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

using wskafka::distribute;
using wskafka::interests;
using wskafka::ownership;

namespace {

std::string topic(unsigned number) {
  return "t" + std::to_string(number);
}

std::map<std::uint64_t, unsigned> loads(const interests& members,
                                        const ownership& shares) {
  std::map<std::uint64_t, unsigned> load;
  for (const auto& member : members)
    load[member.first] = 0;
  for (const auto& share : shares)
    if (share.second != 0)
      ++load[share.second];
  return load;
}

/// Members, topics and who has what at present, all by chance.
struct scene {
  explicit scene(unsigned seed) : chance(seed) {
    const unsigned topics = 1 + below(4);
    for (unsigned ws = 1, n = below(8); ws <= n; ++ws)
      for (unsigned t = 0; t < topics; ++t)
        if (below(2) == 0)
          members[ws].insert(topic(t));
    for (unsigned t = 0; t < topics; ++t)
      for (int p = 0, n = static_cast<int>(below(9)); p < n; ++p)
        now[{topic(t), p}] = below(3) == 0 ? 0 : below(10);
  }
  unsigned below(unsigned n) { return static_cast<unsigned>(chance() % n); }

  std::minstd_rand chance;
  interests members;
  ownership now;
};

}  // namespace

TEST_SUITE_BEGIN("actors/distribution");

TEST_CASE("every partition goes to one that wants it, and to nobody else") {
  for (unsigned seed = 1; seed <= 500; ++seed) {
    CAPTURE(seed);
    const scene s(seed);
    const ownership given = distribute(s.members, s.now);
    REQUIRE(given.size() == s.now.size());
    for (const auto& [at, owner] : given) {
      const std::string& name = at.topic;
      const bool wanted = std::any_of(
          s.members.begin(), s.members.end(),
          [&](const auto& member) { return member.second.count(name) > 0; });
      if (wanted)
        REQUIRE(s.members.at(owner).count(name) > 0);
      else
        REQUIRE(owner == 0);
    }
  }
}

TEST_CASE("no partition could move to somebody who has two less") {
  for (unsigned seed = 1; seed <= 500; ++seed) {
    CAPTURE(seed);
    const scene s(seed);
    const ownership given = distribute(s.members, s.now);
    auto load = loads(s.members, given);
    for (const auto& [at, owner] : given)
      for (const auto& [ws, topics] : s.members)
        if (owner != 0 && topics.count(at.topic) > 0)
          REQUIRE(load[owner] <= load[ws] + 1);
  }
}

TEST_CASE("the same arguments give the same answer, and it is at rest") {
  for (unsigned seed = 1; seed <= 200; ++seed) {
    CAPTURE(seed);
    const scene s(seed);
    const ownership once = distribute(s.members, s.now);
    REQUIRE(distribute(s.members, s.now) == once);
    REQUIRE(distribute(s.members, once) == once);
  }
}

TEST_CASE("one more member of a topic takes its share and moves nothing else") {
  for (unsigned partitions = 1; partitions <= 30; ++partitions)
    for (unsigned count = 1; count <= 10; ++count) {
      CAPTURE(partitions);
      CAPTURE(count);
      interests members;
      for (unsigned ws = 1; ws <= count; ++ws)
        members[ws] = {"t"};
      ownership now;
      for (unsigned p = 0; p < partitions; ++p)
        now[{"t", static_cast<int>(p)}] = 0;
      now = distribute(members, now);
      members[count + 1] = {"t"};
      const ownership then = distribute(members, now);
      unsigned moved = 0;
      for (const auto& [at, owner] : then)
        if (now[at] != owner) {
          REQUIRE(owner == count + 1);
          ++moved;
        }
      REQUIRE(moved == partitions / (count + 1));
    }
}

TEST_CASE("one member less: only its partitions move") {
  interests members{{1, {"t"}}, {2, {"t"}}, {3, {"t"}}};
  ownership now;
  for (int p = 0; p < 9; ++p)
    now[{"t", p}] = 0;
  now = distribute(members, now);
  members.erase(2);
  for (const auto& [at, owner] : distribute(members, now))
    if (now[at] != 2)
      CHECK(owner == now[at]);
    else
      CHECK(owner != 2);
}

TEST_CASE("a thousand of each: everybody has one, whoever had them before") {
  interests members;
  ownership free;
  for (int i = 0; i < 1000; ++i) {
    members[static_cast<std::uint64_t>(i) + 1] = {"t"};
    free[{"t", i}] = 0;
  }
  ownership greedy = free;
  for (auto& share : greedy)
    share.second = 500;
  for (const ownership& now : {free, greedy})
    for (const auto& [ws, count] : loads(members, distribute(members, now))) {
      CAPTURE(ws);
      REQUIRE(count == 1);
    }
}

TEST_CASE("more members than partitions: somebody has none") {
  const interests members{{1, {"t"}}, {2, {"t"}}, {3, {"t"}}};
  const ownership given = distribute(members, {{{"t", 0}, 0}, {{"t", 1}, 0}});
  const auto load = loads(members, given);
  CHECK(load.at(1) + load.at(2) + load.at(3) == 2);
}

TEST_SUITE_END();
