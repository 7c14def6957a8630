#include "tools/wskafka-load/sequence_set.hpp"

#include <algorithm>

namespace wskafka::load {
namespace {

constexpr std::size_t most_open = 1U << 17U;

}  // namespace

sequence_set::outcome sequence_set::insert(std::uint64_t sequence) {
  if (sequence < base_)
    return outcome::repeated;
  const std::uint64_t place = sequence / part_size;
  if (last_ == nullptr || last_place_ != place) {
    const auto found = parts_.find(place);
    if (found == parts_.end() && open_ == most_open)
      return outcome::untracked;
    if (found == parts_.end()) {
      last_ = (parts_[place] = std::make_unique<stretch>()).get();
      ++open_;
    } else if (!found->second) {
      return outcome::repeated;
    } else {
      last_ = found->second.get();
    }
    last_place_ = place;
  }
  const auto at = static_cast<unsigned>(sequence % part_size);
  if (last_->has(at))
    return outcome::repeated;
  last_->set(at);
  ++count_;
  end_ = std::max(end_, sequence + 1);
  if (--last_->missing == 0)
    close(place);
  return outcome::fresh;
}

bool sequence_set::contains(std::uint64_t sequence) const {
  if (sequence < base_)
    return true;
  const auto found = parts_.find(sequence / part_size);
  return found != parts_.end() &&
         (!found->second ||
          found->second->has(static_cast<unsigned>(sequence % part_size)));
}

/// All of it came.
void sequence_set::close(std::uint64_t place) {
  parts_[place].reset();
  --open_;
  last_ = nullptr;
  while (!parts_.empty() && parts_.begin()->first == base_ / part_size &&
         !parts_.begin()->second) {
    parts_.erase(parts_.begin());
    base_ += part_size;
  }
}

}  // namespace wskafka::load
