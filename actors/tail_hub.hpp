#pragma once

#include "net/inbox.hpp"
#include "net/kafka/tail_reader.hpp"

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace wskafka {

using tail_inbox = net::inbox<kafka::tail_event>;

/// Leaves the events of the process's one tail reader with the broadcast actors
/// of their topics. What concerns the whole reader goes to all of them; what is
/// of a topic that nobody broadcasts any more goes nowhere. From any thread.
class tail_hub final : public kafka::tail_listener {
 public:
  /// An earlier inbox of the topic gets nothing from here on.
  void attach(const std::string& topic, std::shared_ptr<tail_inbox> to);
  void detach(const std::string& topic, const std::shared_ptr<tail_inbox>& of);

  /// For a `begin`: no two of the reader's have the same, so that what a tail
  /// tells late is not taken for its topic's next one's.
  std::uint32_t next_epoch() { return ++epochs_; }

  void on_event(kafka::tail_event event) override;

  /// The reader has told that it cannot go on.
  bool ended() const;

 private:
  std::shared_ptr<tail_inbox> find(const std::string& topic) const;
  void tell_all(const kafka::tail_failed& failed);

  mutable std::mutex mutex_;
  std::map<std::string, std::shared_ptr<tail_inbox>> inboxes_;
  bool ended_ = false;
  std::atomic<std::uint32_t> epochs_{0};
};

}  // namespace wskafka
