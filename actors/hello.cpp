#include "actors/hello.hpp"

#include "actors/describe.hpp"
#include "actors/version.hpp"

#include <set>

namespace wskafka {
namespace {

/// The parts of `protocol.md` part 2 that this server has.
json features(const config::options& options) {
  std::set<std::string> all = {
      "base64",  "broadcast", "commit",  "control", "describe", "detail",
      "events",  "flush",     "from",    "headers", "key",      "meta",
      "offsets", "partition", "pattern", "ping",    "resume",   "shape",
      "slow",    "timestamp", "window"};
  if (options.producer.require_acks != config::acks::none)
    all.insert("ack");
  if (options.kafka.allow_delete_topics)
    all.insert("delete");
  return all;
}

/// Each a setting; bytes, milliseconds, or numbers of things.
json told_limits(const config::options& options) {
  const auto& idle = options.websocket.idle_timeout;
  return {
      {"max_frame_in", options.websocket.max_frame_in},
      {"max_frame_out", options.websocket.max_frame_out},
      {"max_record_out", options.websocket.max_record_out},
      {"max_messages_per_frame", options.websocket.max_messages_per_frame},
      {"max_topics_per_request", options.websocket.max_topics_per_request},
      {"max_id", options.websocket.max_id},
      {"max_groups", options.consumer.max_groups},
      {"max_pings_per_second", options.websocket.max_pings_per_second},
      {"publish_timeout_ms", options.producer.publish_timeout.count()},
      {"max_timestamp_ahead_ms", options.producer.max_timestamp_ahead.count()},
      {"request_timeout_ms", options.kafka.request_timeout.count()},
      {"idle_timeout_ms", idle ? json(idle->count()) : json(nullptr)},
  };
}

}  // namespace

std::string hello_text(const config::options& options, std::uint64_t ws) {
  const json p = {
      {"server", "wskafka"},
      {"version", version},
      {"protocol", 2},
      {"features", features(options)},
      {"limits", told_limits(options)},
      {"ping_ms", options.websocket.ping_interval.count()},
      {"acks", static_cast<int>(options.producer.require_acks)},
      {"auth", "off"},
      {"ws", ws},
  };
  return p.dump();
}

}  // namespace wskafka
