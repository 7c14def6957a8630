#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace wskafka::load {

/// The sequence numbers that came, of those counted from 0. Numbers that come
/// about in order cost next to nothing; from the first hole on it takes a bit
/// each. Not thread-safe.
class sequence_set {
 public:
  enum class outcome {
    fresh,
    repeated,
    /// So far ahead of the first hole that it cannot be kept: 8 MiB of bits.
    untracked
  };

  outcome insert(std::uint64_t sequence);
  bool contains(std::uint64_t sequence) const;

  std::uint64_t count() const { return count_; }
  /// One more than the highest; 0 when empty.
  std::uint64_t end() const { return end_; }

  /// Calls `visit(sequence)` for each, in order.
  template <class F>
  void for_each(const F& visit) const {
    for (std::uint64_t at = 0; at < base_; ++at)
      visit(at);
    for (std::size_t word = head_; word < bits_.size(); ++word)
      for (unsigned bit = 0; bit < 64; ++bit)
        if ((bits_[word] >> bit & 1U) != 0)
          visit(base_ + 64 * (word - head_) + bit);
  }

 private:
  void drop_full();

  std::uint64_t base_ = 0;  // all below came; a multiple of 64
  std::uint64_t count_ = 0;
  std::uint64_t end_ = 0;
  std::size_t head_ = 0;  // the word of base_
  std::vector<std::uint64_t> bits_;
};

}  // namespace wskafka::load
