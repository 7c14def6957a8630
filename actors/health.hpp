#pragma once

#include "actors/describe.hpp"
#include "actors/environment.hpp"
#include "actors/messages.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace wskafka {

/// What health answers from: who is connected and what each receives, and the
/// pages of actor state that are being collected. Used by the gateway only.
class health_reports {
 public:
  /// `now`: the gateway's clock.
  health_reports(environment& shared, std::function<time_point()> now)
      : shared_(shared), now_(std::move(now)), started_(now_()) {}

  void opened(std::uint64_t ws) { subscriptions_[ws]; }
  void closed(std::uint64_t ws) { subscriptions_.erase(ws); }
  void subscribed(std::uint64_t ws, std::vector<std::string> topics);

  /// Answers a plain query at once, from a list at most 1 s old.
  void answer(const health_query& query);

  /// Begins a page of states out of `total`; its number, to be sent along with
  /// `describe`. `busy`: a JSON text for each actor of the page, which stands
  /// there should it not answer. A page without actors is answered at once.
  std::uint64_t begin(health_query query, std::vector<std::string> busy,
                      std::size_t total);

  /// Whether a page is being collected for this connection.
  bool collecting_for(std::uint64_t ws) const;

  /// The pages that are being collected beside this one, and what they are
  /// charged with.
  json waiting(std::uint64_t beside) const;

  /// One actor's state; the page's last one answers it.
  void collect(const described& state);

  /// Answers the page with what there is; who is missing is marked busy.
  void expire(std::uint64_t page);

 private:
  struct page {
    health_query query;
    std::size_t total = 0;
    std::size_t missing = 0;
    /// JSON texts, and what stands there until one is told.
    std::vector<std::string> states;
    std::vector<bool> told;
  };

  void fill_cache();
  std::string consumers(std::uint64_t asker);
  json server_state() const;
  void finish(std::uint64_t number);

  environment& shared_;
  const std::function<time_point()> now_;
  const time_point started_;
  std::map<std::uint64_t, std::vector<std::string>> subscriptions_;

  /// The list without the asker's place, made anew when older than 1 s.
  struct cached_entry {
    std::uint64_t ws;
    std::string text;
  };
  std::vector<cached_entry> cache_;
  std::optional<time_point> cached_at_;

  std::map<std::uint64_t, page> pages_;
  std::uint64_t page_numbers_ = 0;
};

}  // namespace wskafka
