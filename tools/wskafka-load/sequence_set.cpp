#include "tools/wskafka-load/sequence_set.hpp"

#include <algorithm>

namespace wskafka::load {
namespace {

constexpr std::uint64_t full = ~std::uint64_t{0};
constexpr std::uint64_t most_words = 1U << 20U;
constexpr std::size_t many_dropped = 64;

}  // namespace

sequence_set::outcome sequence_set::insert(std::uint64_t sequence) {
  if (sequence < base_)
    return outcome::repeated;
  const std::uint64_t ahead = sequence - base_;
  if (ahead / 64 >= most_words)
    return outcome::untracked;
  const std::size_t word = head_ + ahead / 64;
  if (word >= bits_.size())
    bits_.resize(word + 1);
  const std::uint64_t bit = std::uint64_t{1} << (ahead % 64);
  if ((bits_[word] & bit) != 0)
    return outcome::repeated;
  bits_[word] |= bit;
  ++count_;
  end_ = std::max(end_, sequence + 1);
  if (word == head_ && bits_[word] == full)
    drop_full();
  return outcome::fresh;
}

bool sequence_set::contains(std::uint64_t sequence) const {
  if (sequence < base_)
    return true;
  const std::size_t word = head_ + (sequence - base_) / 64;
  return word < bits_.size() &&
         (bits_[word] >> ((sequence - base_) % 64) & 1U) != 0;
}

void sequence_set::drop_full() {
  while (head_ < bits_.size() && bits_[head_] == full) {
    ++head_;
    base_ += 64;
  }
  if (head_ == bits_.size()) {
    bits_.clear();
    head_ = 0;
  } else if (head_ > many_dropped && head_ > bits_.size() / 2) {
    bits_.erase(bits_.begin(),
                bits_.begin() + static_cast<std::ptrdiff_t>(head_));
    head_ = 0;
  }
}

}  // namespace wskafka::load
