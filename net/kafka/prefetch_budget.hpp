#pragma once

#include "config/options.hpp"
#include "net/kafka/settings.hpp"

#include <cstddef>
#include <memory>
#include <mutex>
#include <utility>

namespace wskafka::kafka {

/// Bounds what librdkafka keeps fetched, summed over all consumer handles; this
/// lies outside the ledger. The first handles get large queues, until a quarter
/// of the budget is theirs; those after them small ones, so that hundreds of
/// groups fit. All functions from any thread.
class prefetch_budget : public std::enable_shared_from_this<prefetch_budget> {
 public:
  explicit prefetch_budget(config::consumer_options options)
      : options_(std::move(options)) {}

  /// A handle's part, given back when this goes.
  class share {
   public:
    share(std::shared_ptr<prefetch_budget> from, consumer_shape shape,
          std::size_t partitions);
    share(const share&) = delete;
    share& operator=(const share&) = delete;
    ~share();

    const consumer_shape& shape() const { return shape_; }

    /// So many partitions are assigned; cannot be refused, but counts against
    /// the next handles.
    void resize(std::size_t partitions);

    /// Whether so many would be within the budget.
    bool fits(std::size_t partitions) const;

   private:
    const std::shared_ptr<prefetch_budget> from_;
    const consumer_shape shape_;
    std::size_t bytes_ = 0;
  };

  /// Null: nothing is left.
  std::unique_ptr<share> take();

  /// Bytes in use, by the rule of thumb that one partition takes four times its
  /// queue's bound and one fetch.
  std::size_t used() const;

  /// What a handle is reckoned with before its partitions are known.
  static constexpr std::size_t expected_partitions = 2;

 private:
  static std::size_t cost(const consumer_shape& shape, std::size_t partitions);
  consumer_shape next_shape() const;

  const config::consumer_options options_;
  mutable std::mutex mutex_;
  std::size_t used_ = 0;
  std::size_t handles_ = 0;
};

}  // namespace wskafka::kafka
