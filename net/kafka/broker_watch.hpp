#pragma once

#include "net/kafka/edge.hpp"
#include "net/kafka/handle.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>

namespace wskafka::kafka {

/// Whether brokers answer, from what the handles meet, and librdkafka's log:
/// the one way to the edge's listener. All functions from any thread.
class broker_watch {
 public:
  broker_watch(std::string name, edge_listener& events);

  /// A broker answered something. Cheap when that is no news.
  void answered();

  /// No broker answers.
  void unreachable(std::string why);

  /// Remembers the text of an error that says nothing about all brokers.
  void note(std::string why);

  /// Passes a log event on, at most `lines_per_second` of them; how many were
  /// left out is told with the next one.
  void log(rd_kafka_event_t* event);

  bool up() const { return state_.load() == state::up; }
  void opened() { ++handles_; }
  void closed() { --handles_; }
  broker_state describe() const;

  /// The listener is not called any more afterwards.
  void close();

  static constexpr unsigned lines_per_second = 50;

 private:
  enum class state { unknown, up, down };
  void change(state to, std::string why);

  const std::string name_;
  edge_listener& events_;
  std::atomic<state> state_{state::unknown};
  std::atomic<std::uint64_t> handles_{0};
  mutable std::mutex mutex_;
  std::string last_error_;
  /// Keeps the calls of the listener in order; taken before `mutex_`.
  std::mutex calls_mutex_;
  bool closed_ = false;
  std::chrono::steady_clock::time_point second_{};
  unsigned lines_ = 0;
  std::uint64_t left_out_ = 0;
};

}  // namespace wskafka::kafka
