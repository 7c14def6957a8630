#pragma once

#include "actors/messages.hpp"

#include <cstddef>
#include <list>
#include <optional>
#include <utility>
#include <vector>

namespace wskafka {

/// The order in which one connection's requests are carried out
/// (`protocol.md` "Order"): one after the other, but `list` behind the creates
/// that came before it and nothing else, and a `subscribe` or `unsubscribe` may
/// start beside the `subscribe` in progress that it is going to overtake. Pure,
/// used by one actor.
class control_queue {
 public:
  void push(control_request request) {
    if (request.what == control_request::kind::list) {
      lists_.push_back({std::move(request), creates_seen_});
      return;
    }
    if (request.what == control_request::kind::create)
      ++creates_seen_;
    waiting_.push_back(std::move(request));
  }

  /// The next request when nothing is in progress.
  std::optional<control_request> next() { return pop(); }

  /// The next request when a subscribe is in progress: only one that overtakes
  /// it.
  std::optional<control_request> next_overtaking() {
    if (waiting_.empty() || !overtakes(waiting_.front()))
      return std::nullopt;
    return pop();
  }

  /// A create was answered.
  void create_done() { ++creates_done_; }

  /// The lists that wait for no create any more.
  std::vector<control_request> ready_lists() {
    std::vector<control_request> ready;
    while (!lists_.empty() && lists_.front().after <= creates_done_) {
      ready.push_back(std::move(lists_.front().request));
      lists_.pop_front();
    }
    return ready;
  }

  /// Everything that has not been started.
  std::vector<control_request> clear() {
    std::vector<control_request> all;
    for (auto& request : std::exchange(waiting_, {}))
      all.push_back(std::move(request));
    for (auto& list : std::exchange(lists_, {}))
      all.push_back(std::move(list.request));
    return all;
  }

  std::size_t size() const { return waiting_.size() + lists_.size(); }

 private:
  struct waiting_list {
    control_request request;
    /// How many creates came before it.
    std::size_t after;
  };

  static bool overtakes(const control_request& request) {
    return request.widens == 0 &&
           (request.what == control_request::kind::subscribe ||
            request.what == control_request::kind::unsubscribe);
  }

  std::optional<control_request> pop() {
    if (waiting_.empty())
      return std::nullopt;
    control_request request = std::move(waiting_.front());
    waiting_.pop_front();
    return request;
  }

  // Lists, not deques: an empty one costs an idle connection nothing.
  std::list<control_request> waiting_;
  std::list<waiting_list> lists_;
  std::size_t creates_seen_ = 0;
  std::size_t creates_done_ = 0;
};

}  // namespace wskafka
