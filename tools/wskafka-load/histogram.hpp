#pragma once

#include <cstdint>
#include <memory>

namespace wskafka::load {

/// A distribution of times: 300 bins a decade from 1 us to 100 s (each 0.77 %
/// wide), the extremes exact. Not thread-safe.
class histogram {
 public:
  histogram();
  histogram(histogram&&) noexcept;
  histogram& operator=(histogram&&) noexcept;
  ~histogram();

  /// Counts a time in ns, `times` times; a negative one as 0.
  void add(std::int64_t ns, std::uint64_t times = 1);
  void merge(const histogram& other);

  std::uint64_t count() const;
  /// In ns; 0 when nothing was counted.
  std::int64_t min() const;
  std::int64_t max() const;
  double mean() const;
  double deviation() const;

  /// The time in ns that `percent` of all do not exceed: the upper edge of its
  /// bin, so at most 0.77 % too high and never too low. 100 is the maximum.
  std::int64_t percentile(double percent) const { return at(percent).ns; }

  struct point {
    std::int64_t ns = 0;
    /// How many are in the bins up to this one.
    std::uint64_t count = 0;
  };
  point at(double percent) const;

 private:
  struct data;
  std::unique_ptr<data> data_;
};

}  // namespace wskafka::load
