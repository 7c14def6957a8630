#pragma once

#include "net/kafka/types.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>

namespace wskafka {

/// The records that a member with a window and acks of its own was sent and has
/// not confirmed: at most as many as the window. Used by one actor.
class unconfirmed_window {
 public:
  void sent(const kafka::topic_partition& at, std::int64_t offset) {
    offsets_[at].push_back(offset);
    ++count_;
  }

  /// Everything up to this record is confirmed.
  void acknowledged(const kafka::topic_partition& at, std::int64_t offset) {
    const auto found = offsets_.find(at);
    if (found == offsets_.end())
      return;
    std::deque<std::int64_t>& open = found->second;
    for (; !open.empty() && open.front() <= offset; --count_)
      open.pop_front();
    if (open.empty())
      offsets_.erase(found);
  }

  /// The partition moves away: its records are others' to confirm.
  void forget(const kafka::topic_partition& at) {
    const auto found = offsets_.find(at);
    if (found == offsets_.end())
      return;
    count_ -= found->second.size();
    offsets_.erase(found);
  }
  void clear() {
    offsets_.clear();
    count_ = 0;
  }

  std::size_t count() const { return count_; }

 private:
  std::map<kafka::topic_partition, std::deque<std::int64_t>> offsets_;
  std::size_t count_ = 0;
};

}  // namespace wskafka
