#include "tools/wskafka-load/ledger.hpp"

#include <algorithm>

namespace wskafka::load {
namespace {

using outcome = sequence_set::outcome;

}  // namespace

group_account account::total() const {
  using sums = group_account;
  group_account all;
  for (const auto field : {&sums::expected, &sums::delivered, &sums::lost,
                           &sums::repeated, &sums::out_of_order, &sums::holes,
                           &sums::foreign, &sums::unexpected, &sums::untracked})
    for (const group_account& group : groups)
      all.*field += group.*field;
  return all;
}

ledger::ledger(shape form)
    : form_(std::move(form)),
      sent_(std::make_unique<std::atomic<std::uint64_t>[]>(form_.publishers)) {
  for (std::size_t i = 0; i < form_.publishers; ++i)
    sent_[i] = 0;
  for (const std::string& name : form_.groups) {
    auto group = std::make_unique<group_state>();
    group->sums.name = name;
    group->known.resize(form_.publishers * form_.topics);
    groups_.push_back(std::move(group));
  }
}

bool ledger::was_sent(std::uint32_t publisher, std::uint64_t k) const {
  return publisher < form_.publishers &&
         k < sent_[publisher].load(std::memory_order_relaxed);
}

void ledger::failed(std::uint32_t publisher, std::uint64_t k,
                    const std::string& code, bool maybe_persisted) {
  const std::lock_guard lock(failures_guard_);
  const std::size_t place =
      publisher * form_.topics + (publisher + k) % form_.topics;
  const auto taken = taken_.find(publisher);
  if (!was_sent(publisher, k) ||
      (taken != taken_.end() && taken->second.contains(k)) ||
      refused_[place].insert(k / form_.topics) != outcome::fresh) {
    ++failures_.unmatched;
    return;
  }
  if (maybe_persisted) {
    maybe_[place].insert(k / form_.topics);
    ++failures_.persisted_maybe;
  }
  ++failures_.failed;
  ++failures_.failed_by_code[code];
  ++failed_;
}

void ledger::receipted(std::uint32_t publisher, std::uint64_t k) {
  const std::lock_guard lock(failures_guard_);
  const auto refused =
      refused_.find(publisher * form_.topics + (publisher + k) % form_.topics);
  if (!was_sent(publisher, k) ||
      (refused != refused_.end() &&
       refused->second.contains(k / form_.topics)) ||
      taken_[publisher].insert(k) != outcome::fresh) {
    ++failures_.unmatched;
    return;
  }
  ++failures_.receipted;
  ++receipted_;
}

ledger::tracker* ledger::find(group_state& group, const mark& one) const {
  if (ours(one)) {
    if (one.publisher >= form_.publishers || one.topic >= form_.topics)
      return nullptr;
    return &group.known[one.publisher * form_.topics + one.topic];
  }
  if (!form_.observe)
    return nullptr;
  return &group.observed[{
      one.run, std::uint64_t{one.publisher} * most_topics + one.topic}];
}

void ledger::delivered(std::size_t group, const std::vector<mark>& marks,
                       std::vector<bool>& fresh,
                       const std::vector<std::int32_t>& partitions) {
  fresh.assign(marks.size(), false);
  group_state& to = *groups_[group];
  std::uint64_t distinct = 0;
  std::uint64_t strange = 0;
  std::uint64_t repeated = 0;
  const std::lock_guard lock(to.guard);
  for (std::size_t i = 0; i < marks.size(); ++i) {
    const mark& one = marks[i];
    tracker* const track = find(to, one);
    if (track == nullptr) {
      ++strange;
      continue;
    }
    std::uint64_t& end = partitions.empty() || partitions[i] == 0
                             ? track->end
                             : track->other_ends[partitions[i]];
    switch (track->seen.insert(one.sequence)) {
      case outcome::repeated:
        ++repeated;
        break;
      case outcome::untracked:
        ++to.sums.untracked;
        ++strange_;
        break;
      case outcome::fresh:
        to.sums.out_of_order += one.sequence < end ? 1 : 0;
        end = std::max<std::uint64_t>(end, one.sequence + std::uint64_t{1});
        track->first = std::min<std::uint64_t>(track->first, one.sequence);
        fresh[i] = true;
        ++distinct;
        break;
    }
  }
  to.sums.delivered += distinct;
  delivered_ += distinct;
  to.sums.repeated += repeated;
  repeated_ += repeated;
  to.sums.foreign += strange;
  strange_ += strange;
}

void ledger::foreign(std::size_t group, std::uint64_t values) {
  const std::lock_guard lock(groups_[group]->guard);
  groups_[group]->sums.foreign += values;
  strange_ += values;
}

std::uint64_t ledger::sent() const {
  std::uint64_t total = 0;
  for (std::size_t i = 0; i < form_.publishers; ++i)
    total += sent_[i].load(std::memory_order_relaxed);
  return total;
}

std::uint64_t ledger::sent_to(std::uint32_t publisher,
                              std::uint32_t topic) const {
  const std::uint64_t all = sent_[publisher].load(std::memory_order_relaxed);
  const std::uint64_t topics = form_.topics;
  // The first k that goes there, then every topics-th.
  const std::uint64_t first = (topic + topics - publisher % topics) % topics;
  return all <= first ? 0 : (all - first - 1) / topics + 1;
}

void ledger::balance(const group_state& group, group_account& into) const {
  const std::lock_guard lock(group.guard);
  into = group.sums;
  for (std::uint32_t p = 0; p < form_.publishers; ++p) {
    for (std::uint32_t t = 0; t < form_.topics; ++t) {
      const std::size_t place = p * form_.topics + t;
      const sequence_set& seen = group.known[place].seen;
      const std::uint64_t sent = sent_to(p, t);
      std::uint64_t expected = sent;
      std::uint64_t arrived = seen.count();
      for (std::uint64_t at = sent; at < seen.end(); ++at)
        if (seen.contains(at)) {
          ++into.unexpected;
          --arrived;
        }
      if (const auto refused = refused_.find(place); refused != refused_.end())
        refused->second.for_each([&](std::uint64_t sequence) {
          if (sequence >= sent)
            return;
          --expected;
          if (!seen.contains(sequence))
            return;
          --arrived;
          const auto maybe = maybe_.find(place);
          if (maybe == maybe_.end() || !maybe->second.contains(sequence))
            ++into.unexpected;
        });
      into.expected += expected;
      into.lost += expected - arrived;
    }
  }
  // They came, each once or more often.
  into.lost -= std::min(into.lost, into.untracked);
  for (const auto& [key, track] : group.observed)
    into.holes += track.seen.end() - track.first - track.seen.count();
}

account ledger::balance() const {
  const std::lock_guard lock(failures_guard_);
  account result = failures_;
  result.sent = sent();
  for (const auto& group : groups_)
    balance(*group, result.groups.emplace_back());
  return result;
}

}  // namespace wskafka::load
