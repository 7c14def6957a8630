#include "protocol/known_keys.hpp"

#include <algorithm>

namespace wskafka::protocol {

namespace {

struct request_keys {
  std::string_view type;
  /// Empty: whatever the action.
  std::string_view action;
  std::vector<std::string> keys;
};

const std::vector<request_keys>& table() {
  static const std::vector<request_keys> all{
      {"notif",
       "create",
       {"t", "m", "ack", "encoding", "headers", "key", "key_encoding",
        "partition", "timestamp"}},
      {"topic", "create", {}},
      {"topic", "delete", {}},
      {"topic", "list", {}},
      {"topic", "describe", {}},
      {"topic", "offsets", {"topics", "at", "group"}},
      {"topic",
       "subscribe",
       {"t", "consumer_group", "broadcast", "from", "meta", "commit", "window",
        "flush", "slow", "events"}},
      {"topic", "unsubscribe", {}},
      {"topic", "pause", {}},
      {"topic", "resume", {}},
      {"topic", "seek", {}},
      {"topic", "position", {}},
      {"health", "", {"detail", "limit", "offset"}},
      {"hello", "", {}},
      {"ping", "", {}},
  };
  return all;
}

}  // namespace

const std::vector<std::string>* known_keys(std::string_view type,
                                           std::string_view action) {
  if (type == "notif" && action.empty()) {
    action = "create";
  }
  const auto found = std::find_if(
      table().begin(), table().end(), [&](const request_keys& entry) {
        return entry.type == type &&
               (entry.action.empty() || entry.action == action);
      });
  return found == table().end() ? nullptr : &found->keys;
}

}  // namespace wskafka::protocol
