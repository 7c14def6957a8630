#pragma once

#include "net/ws/events.hpp"

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace wskafka::ws {

/// A shard's connections, found by reference without hashing. A slot is used
/// again; `ws` never is, so an old reference finds nothing. Not thread-safe.
template <class T>
class connection_table {
 public:
  explicit connection_table(std::uint16_t shard) : shard_(shard) {}

  connection_ref add(std::uint64_t ws, T value) {
    std::uint32_t slot = 0;
    if (free_.empty()) {
      slot = static_cast<std::uint32_t>(entries_.size());
      entries_.emplace_back();
    } else {
      slot = free_.back();
      free_.pop_back();
    }
    entries_[slot] = {ws, std::move(value)};
    ++size_;
    return {ws, slot, shard_};
  }

  /// Null when it is gone, or was never here.
  T* find(const connection_ref& ref) {
    if (ref.slot >= entries_.size() || entries_[ref.slot].ws != ref.ws ||
        ref.ws == 0)
      return nullptr;
    return &entries_[ref.slot].value;
  }

  /// Takes it out; what was there, or an empty value.
  T remove(const connection_ref& ref) {
    T* found = find(ref);
    if (!found)
      return T();
    T value = std::exchange(*found, T());
    entries_[ref.slot].ws = 0;
    free_.push_back(ref.slot);
    --size_;
    return value;
  }

  std::size_t size() const { return size_; }

  /// Calls `f(value)` for each; it may remove, and must not add.
  template <class F>
  void for_each(F f) {
    for (std::size_t i = 0; i < entries_.size(); ++i) {
      if (entries_[i].ws != 0) {
        T value = entries_[i].value;
        f(value);
      }
    }
  }

 private:
  struct entry {
    std::uint64_t ws = 0;
    T value = T();
  };

  std::uint16_t shard_;
  std::size_t size_ = 0;
  std::vector<entry> entries_;
  std::vector<std::uint32_t> free_;
};

}  // namespace wskafka::ws
