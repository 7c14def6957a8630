#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>

namespace wskafka::load {

/// The sequence numbers that came, of those counted from 0. Numbers that come
/// about in order cost next to nothing; behind a hole each 4096 of them take
/// half a KiB until all of these have come, and some bytes from then on. Not
/// thread-safe.
class sequence_set {
 public:
  enum class outcome {
    fresh,
    repeated,
    /// So much is open already that it cannot be kept: 64 MiB of it.
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
    for (const auto& [place, part] : parts_)
      for (unsigned at = 0; at < part_size; ++at)
        if (!part || part->has(at))
          visit(place * part_size + at);
  }

 private:
  static constexpr unsigned part_size = 4096;

  /// So many numbers that follow one another, some of which came.
  struct stretch {
    bool has(unsigned at) const { return (bits[at / 64] >> at % 64 & 1U) != 0; }
    void set(unsigned at) { bits[at / 64] |= std::uint64_t{1} << at % 64; }
    std::array<std::uint64_t, part_size / 64> bits{};
    unsigned missing = part_size;
  };

  void close(std::uint64_t place);

  std::uint64_t base_ = 0;  // all below came; a multiple of part_size
  std::uint64_t count_ = 0;
  std::uint64_t end_ = 0;
  /// From there on, by number / part_size; null: all of it came.
  std::map<std::uint64_t, std::unique_ptr<stretch>> parts_;
  std::size_t open_ = 0;  // parts that are not null
  /// The one that was last used; null when it was closed.
  std::uint64_t last_place_ = 0;
  stretch* last_ = nullptr;
};

}  // namespace wskafka::load
