#pragma once

#include <functional>
#include <iterator>
#include <mutex>
#include <utility>
#include <vector>

namespace wskafka::net {

/// Where foreign threads leave items for one owner. Many items cost one
/// wake-up: the hook runs only when the inbox was not yet armed. Holds only
/// items that are bounded elsewhere (charged on the ledger, or one per
/// connection), so it refuses nothing.
///
/// `push` from any thread; `drain` by the owner.
template <class T>
class inbox {
 public:
  /// `wake` is called from the pushing thread, which may still be inside
  /// `push` when the owner drains; it must not push into this inbox.
  explicit inbox(std::function<void()> wake) : wake_(std::move(wake)) {}
  inbox(const inbox&) = delete;
  inbox& operator=(const inbox&) = delete;

  void push(T item) {
    {
      std::lock_guard<std::mutex> guard(mutex_);
      if (closed_)
        return;
      items_.push_back(std::move(item));
      if (std::exchange(armed_, true))
        return;
    }
    wake();
  }

  /// Leaves a whole burst; `burst` is empty afterwards and keeps its memory.
  void push_all(std::vector<T>& burst) {
    bool first = false;
    {
      std::lock_guard<std::mutex> guard(mutex_);
      if (!closed_ && !burst.empty()) {
        if (items_.empty())
          items_.swap(burst);
        else
          items_.insert(items_.end(), std::make_move_iterator(burst.begin()),
                        std::make_move_iterator(burst.end()));
        first = !std::exchange(armed_, true);
      }
    }
    burst.clear();
    if (first)
      wake();
  }

  /// Takes all items, in the order they came; the next push wakes again.
  /// `into` is cleared first and its memory is used for what comes next.
  void drain(std::vector<T>& into) {
    into.clear();
    std::lock_guard<std::mutex> guard(mutex_);
    items_.swap(into);
    armed_ = false;
  }

  /// From here on items are destroyed instead of kept and nobody is woken: the
  /// hook, and the handle in it, are gone when this returns, and it is not
  /// running. Not from inside the hook.
  void close() {
    std::vector<T> rest;
    {
      std::lock_guard<std::mutex> guard(mutex_);
      closed_ = true;
      rest.swap(items_);
    }
    std::lock_guard<std::mutex> guard(wake_mutex_);
    wake_ = nullptr;
  }

 private:
  // Under a lock of its own: the owner that is woken does not wait for the
  // waker, and `close` does.
  void wake() {
    std::lock_guard<std::mutex> guard(wake_mutex_);
    if (wake_)
      wake_();
  }

  std::mutex mutex_;
  std::vector<T> items_;
  std::mutex wake_mutex_;
  std::function<void()> wake_;
  bool armed_ = false;
  bool closed_ = false;
};

}  // namespace wskafka::net
