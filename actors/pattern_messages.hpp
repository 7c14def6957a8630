#pragma once

#include "actors/messages.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// What connections and the `pattern_watch` say to each other; see
/// `messages.hpp`.
namespace wskafka {

/// The topics that the patterns of a watch mean now: the first time as the
/// answer to it, then whenever others are among them, of the same name too; or
/// why it is refused.
struct patterns_matched {
  std::uint64_t watch = 0;
  std::vector<std::string> topics;
  std::optional<protocol::failure> why;
};

using pattern_watcher = caf::typed_actor<caf::reacts_to<patterns_matched>>;

/// Tell what these patterns mean, until `unwatch_patterns`.
struct watch_patterns {
  std::uint64_t ws = 0;
  /// Unique for the connection.
  std::uint64_t watch = 0;
  std::vector<std::string> patterns;
  pattern_watcher watcher;
};

/// Nothing of this watch is wanted any more.
struct unwatch_patterns {
  std::uint64_t ws = 0;
  std::uint64_t watch = 0;
};

/// The actor ended, in order or by an exception.
struct pattern_watch_gone {};

/// Look whether there are other topics.
struct look_due {};

}  // namespace wskafka

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(wskafka::patterns_matched)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(wskafka::watch_patterns)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(wskafka::unwatch_patterns)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(wskafka::pattern_watch_gone)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(wskafka::look_due)
