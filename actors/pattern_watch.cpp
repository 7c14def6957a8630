#include "actors/pattern_watch.hpp"

#include "actors/describe.hpp"
#include "actors/guard.hpp"
#include "actors/topic_patterns.hpp"

#include <chrono>
#include <utility>

namespace wskafka {
namespace {

/// How often the list's version is looked at while somebody watches.
constexpr std::chrono::milliseconds look_interval{250};

}  // namespace

pattern_watch::pattern_watch(caf::actor_config& config, environment& shared,
                             gateway_actor gateway)
    : pattern_watch_actor::base(config),
      shared_(shared),
      gateway_(std::move(gateway)) {}

pattern_watch_actor::behavior_type pattern_watch::make_behavior() {
  guard_handlers(this, shared_, [this] {
    for (const auto& [id, one] : watches_)
      send(one.watcher,
           patterns_matched{id.second,
                            {},
                            protocol::failure(protocol::error_code::internal,
                                              "The patterns failed.")});
  });
  return {
      [this](watch_patterns& request) { on_watch(request); },
      [this](const unwatch_patterns& request) { on_unwatch(request); },
      [this](look_due) {
        look_armed_ = false;
        look();
        look_later();
      },
      [this](const describe& query) { on_describe(query); },
      [this](retire) { quit(); },
  };
}

void pattern_watch::on_exit() {
  watches_.clear();
  send(gateway_, pattern_watch_gone{});
  gateway_ = nullptr;
}

void pattern_watch::on_watch(watch_patterns& request) {
  asking_.add(1, home_system().clock().now());
  if (auto why = refuse(request)) {
    last_error_ = why->code;
    send(request.watcher, patterns_matched{request.watch, {}, std::move(*why)});
    return;
  }
  const watch_id id{request.ws, request.watch};
  watch& one = watches_[id];
  one.watcher = std::move(request.watcher);
  one.patterns = std::move(request.patterns);
  for (const std::string& text : one.patterns) {
    pattern& each = patterns_[text];
    if (each.watches++ == 0)
      match(text, each);
  }
  if (version_ == 0)
    look();
  else
    tell(id, one);
  look_later();
}

std::optional<protocol::failure> pattern_watch::refuse(
    const watch_patterns& request) const {
  std::size_t fresh = 0;
  for (const std::string& text : request.patterns) {
    if (patterns_.count(text) > 0)
      continue;
    ++fresh;
    if (auto sentence = refused_pattern(text))
      return protocol::failure(protocol::error_code::invalid_request,
                               std::move(*sentence));
  }
  if (patterns_.size() + fresh > most_patterns)
    return protocol::failure(protocol::error_code::limit_reached,
                             "The gateway serves at most " +
                                 std::to_string(most_patterns) +
                                 " distinct patterns at a time.");
  return std::nullopt;
}

void pattern_watch::on_unwatch(const unwatch_patterns& request) {
  const auto found = watches_.find({request.ws, request.watch});
  if (found == watches_.end())
    return;
  for (const std::string& text : found->second.patterns) {
    const auto known = patterns_.find(text);
    if (--known->second.watches == 0)
      patterns_.erase(known);
  }
  watches_.erase(found);
}

/// Before the first list nobody is told anything.
void pattern_watch::look() {
  const std::uint64_t now = shared_.kafka.topics_version();
  if (now == version_)
    return;
  version_ = now;
  for (auto& [text, each] : patterns_)
    match(text, each);
  for (auto& [id, one] : watches_)
    tell(id, one);
}

/// One at a time, however many come before there is a list.
void pattern_watch::look_later() {
  if (watches_.empty() || std::exchange(look_armed_, true))
    return;
  delayed_send(this, look_interval, look_due{});
}

void pattern_watch::match(const std::string& text, pattern& one) const {
  one.topics = matching_topics(text, *shared_.kafka.topics(),
                               shared_.options.kafka.allow_internal_topics);
}

void pattern_watch::tell(const watch_id& id, watch& one) {
  std::map<std::string, std::uint64_t> meant;
  const auto table = shared_.kafka.topics();
  for (const std::string& text : one.patterns)
    for (const std::string& topic : patterns_.at(text).topics)
      meant.emplace(topic, table->born(topic));
  if (std::exchange(one.told, true) && meant == one.topics)
    return;
  one.topics = std::move(meant);
  std::vector<std::string> topics;
  for (const auto& each : one.topics)
    topics.push_back(each.first);
  send(one.watcher, patterns_matched{id.second, std::move(topics), {}});
}

void pattern_watch::on_describe(const describe& query) {
  // Those that wait for the first list.
  std::size_t waiting = 0;
  std::size_t bytes = 0;
  for (const auto& [id, one] : watches_) {
    if (one.told)
      continue;
    ++waiting;
    for (const std::string& text : one.patterns)
      bytes += text.size();
  }
  const json state = {
      {"kind", "pattern_watch"},
      {"id", "pattern_watch"},
      {"queue", mailbox().size()},
      {"buffered", {{"messages", waiting}, {"bytes", bytes}}},
      {"patterns", patterns_.size()},
      {"watches", watches_.size()},
      {"topics_version", version_},
      {"per_second", asking_.per_second(home_system().clock().now())},
      {"last_error", last_error_},
  };
  send(query.to, described{query.query, query.index, state.dump()});
}

}  // namespace wskafka
