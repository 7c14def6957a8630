#pragma once

#include "net/kafka/types.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <utility>

namespace wskafka {

/// The records that a client with acks of its own was sent and has not
/// acknowledged, by partition. With a window each of them takes one of its
/// places. Used by one actor.
class owed_acks {
 public:
  /// What was sent of a partition under one owner epoch.
  struct partition {
    std::uint32_t owner_epoch = 0;
    /// The last record; -1: none yet.
    std::int64_t last = -1;
    /// The position up to which all is acknowledged, or was not sent.
    std::int64_t confirmed = 0;
    /// With a window: the records that are not, in order.
    std::deque<std::int64_t> open;
  };

  /// 0: none. With another than before the offsets that are owed are taken for
  /// records, as many as can matter.
  void set_window(std::size_t window) {
    if (std::exchange(window_, window) == window)
      return;
    places_ = 0;
    for (auto& [at, of] : partitions_) {
      of.open.clear();
      take_places(of);
    }
  }

  /// Its records are sent now; what was sent under another owner epoch counts
  /// no more. Valid until `forget` or `clear`.
  partition& open(const kafka::topic_partition& at, std::uint32_t owner_epoch) {
    partition& of = partitions_[at];
    if (of.owner_epoch != owner_epoch) {
      places_ -= of.open.size();
      of = partition{owner_epoch, -1, 0, {}};
    }
    return of;
  }

  void sent(partition& of, std::int64_t offset) {
    if (of.last < 0)
      of.confirmed = offset;
    of.last = offset;
    if (window_ == 0)
      return;
    of.open.push_back(offset);
    ++places_;
  }

  /// Everything up to this record is acknowledged; the position that is
  /// confirmed by it. What was sent ends at `sent_end`: records that were
  /// skipped behind the last one go with it. Nothing where the record was not
  /// sent, or was acknowledged before.
  std::optional<std::int64_t> acknowledge(const kafka::topic_partition& at,
                                          std::int64_t offset,
                                          std::int64_t sent_end) {
    const auto found = partitions_.find(at);
    if (found == partitions_.end() || offset > found->second.last ||
        offset < found->second.confirmed)
      return std::nullopt;
    partition& of = found->second;
    for (; !of.open.empty() && of.open.front() <= offset; --places_)
      of.open.pop_front();
    of.confirmed = offset == of.last ? sent_end : offset + 1;
    return of.confirmed;
  }

  bool any() const {
    return std::any_of(
        partitions_.begin(), partitions_.end(),
        [](const auto& p) { return p.second.last >= p.second.confirmed; });
  }

  /// The offsets that are.
  std::size_t count() const {
    std::size_t sum = 0;
    for (const auto& [at, of] : partitions_)
      if (of.last >= of.confirmed)
        sum += static_cast<std::size_t>(of.last + 1 - of.confirmed);
    return sum;
  }

  /// Places of the window that are taken.
  std::size_t places() const { return places_; }

  void forget(const kafka::topic_partition& at) {
    const auto found = partitions_.find(at);
    if (found == partitions_.end())
      return;
    places_ -= found->second.open.size();
    partitions_.erase(found);
  }
  void clear() {
    partitions_.clear();
    places_ = 0;
  }

 private:
  void take_places(partition& of) {
    const auto most = static_cast<std::int64_t>(window_);
    for (auto at = std::max(of.confirmed, of.last + 1 - most); at <= of.last;
         ++at, ++places_)
      of.open.push_back(at);
  }

  std::size_t window_ = 0;
  std::size_t places_ = 0;
  std::map<kafka::topic_partition, partition> partitions_;
};

}  // namespace wskafka
