#pragma once

#include "actors/messages.hpp"

#include <cstddef>
#include <list>
#include <optional>
#include <utility>
#include <vector>

namespace wskafka {

/// The order in which one connection's requests are carried out
/// (`protocol.md` "Order"): one after the other, but questions about topics
/// behind the creates and deletes that came before them and nothing else, and a
/// `subscribe` or `unsubscribe` may start beside the `subscribe` in progress
/// that it is going to overtake. Pure, used by one actor.
class control_queue {
 public:
  void push(control_request request) {
    if (asks(request.what)) {
      questions_.push_back({std::move(request), changes_seen_});
      return;
    }
    if (changes(request.what))
      ++changes_seen_;
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

  /// A create or a delete was answered.
  void change_done() { ++changes_done_; }

  /// The questions that wait for no change any more.
  std::vector<control_request> ready_questions() {
    std::vector<control_request> ready;
    while (!questions_.empty() && questions_.front().after <= changes_done_) {
      ready.push_back(std::move(questions_.front().request));
      questions_.pop_front();
    }
    return ready;
  }

  /// Everything that has not been started.
  std::vector<control_request> clear() {
    std::vector<control_request> all;
    for (auto& request : std::exchange(waiting_, {}))
      all.push_back(std::move(request));
    for (auto& question : std::exchange(questions_, {}))
      all.push_back(std::move(question.request));
    return all;
  }

  /// It changes what topics there are.
  static bool changes(control_request::kind what) {
    return what == control_request::kind::create ||
           what == control_request::kind::remove;
  }

  std::size_t size() const { return waiting_.size() + questions_.size(); }

 private:
  struct waiting_question {
    control_request request;
    /// How many creates and deletes came before it.
    std::size_t after;
  };

  static bool overtakes(const control_request& request) {
    return request.widens == 0 &&
           (request.what == control_request::kind::subscribe ||
            request.what == control_request::kind::unsubscribe);
  }
  static bool asks(control_request::kind what) {
    return what == control_request::kind::list ||
           what == control_request::kind::describe ||
           what == control_request::kind::offsets;
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
  std::list<waiting_question> questions_;
  std::size_t changes_seen_ = 0;
  std::size_t changes_done_ = 0;
};

}  // namespace wskafka
