#pragma once

#include "actors/environment.hpp"
#include "actors/messages.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <variant>

namespace wskafka {

/// The questions about topics that are not answered yet, `describe` and
/// `offsets`: asked of the Kafka edge, answered to the peer. None creates a
/// topic. Used by the `topics` actor alone.
class topic_inquiries {
 public:
  /// What the edge found for one of them.
  struct answer {
    std::uint64_t number = 0;
    std::variant<kafka::result<kafka::topic_descriptions>,
                 kafka::result<kafka::topic_offsets>>
        found;
  };

  explicit topic_inquiries(environment& shared) : shared_(shared) {}

  /// Asks; `take` gets the answer on a thread of the edge, by the question's
  /// deadline at the latest.
  void ask(inquire_topics question, time_point now,
           std::function<void(answer)> take);

  /// Tells the peer.
  void finish(const answer& told);

  /// Tells all that this went wrong.
  void fail_all(const protocol::failure& why);

  void clear() { waiting_.clear(); }
  std::size_t size() const { return waiting_.size(); }
  /// What they are charged with.
  std::size_t bytes() const;

 private:
  void succeed(const inquire_topics& to, const kafka::topic_descriptions& all);
  void succeed(const inquire_topics& to, const kafka::topic_offsets& all);
  bool refuse_missing(const inquire_topics& to,
                      const std::vector<std::string>& missing);
  void fail(const inquire_topics& to, const protocol::failure& why);

  environment& shared_;
  std::map<std::uint64_t, inquire_topics> waiting_;
  std::uint64_t numbers_ = 0;
};

}  // namespace wskafka
