#pragma once

#include "net/kafka/history_reader.hpp"

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace wskafka::kafka {

/// One read, as the pool keeps it: where it is, whoever reads it. The poller's
/// thread, but for what is said.
class history_job final : public history_read {
 public:
  /// `on_end` runs at the first `end`, on its caller's thread.
  history_job(const std::vector<position>& from,
              std::shared_ptr<history_listener> events,
              std::shared_ptr<net::account> charged,
              std::function<void()> on_end)
      : topic(from.front().at.topic),
        payer(std::move(charged)),
        events_(std::move(events)),
        on_end_(std::move(on_end)) {
    for (const position& start : from)
      next[start.at.partition] = start.offset;
  }
  ~history_job() override { payer->on_low(net::gate::deliver, nullptr); }

  /// From any thread.
  void end() override {
    if (!ended_.exchange(true))
      on_end_();
  }
  bool ended() const { return ended_; }

  template <class Event>
  void tell(Event event) {
    if (!ended_)
      events_->on_event(
          history_event(std::in_place_type<Event>, std::move(event)));
  }

  /// Where the partitions are that are still read.
  std::map<std::int32_t, std::int64_t> next;
  const std::string topic;
  const std::shared_ptr<net::account> payer;
  /// A handle had it once.
  bool begun = false;

 private:
  const std::shared_ptr<history_listener> events_;
  const std::function<void()> on_end_;
  std::atomic<bool> ended_{false};
};

}  // namespace wskafka::kafka
