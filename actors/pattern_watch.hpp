#pragma once

#include "actors/environment.hpp"
#include "actors/interfaces.hpp"
#include "actors/rate.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace wskafka {

/// What the patterns of all connections mean: one per process, spawned by the
/// gateway with the first of them. Each distinct pattern is matched once when
/// the cluster's list of topics changes, however many connections have it; the
/// list itself is refreshed by the Kafka edge. When it fails its
/// watchers are told INTERNAL, and the next watch finds another.
class pattern_watch final : public pattern_watch_actor::base {
 public:
  /// Distinct patterns in use at a time; beyond: LIMIT_REACHED.
  static constexpr std::size_t most_patterns = 1000;

  pattern_watch(caf::actor_config& config, environment& shared,
                gateway_actor gateway);

  behavior_type make_behavior() override;
  const char* name() const override { return "wskafka.pattern_watch"; }
  void on_exit() override;

 private:
  struct pattern {
    std::size_t watches = 0;
    std::vector<std::string> topics;
  };
  struct watch {
    pattern_watcher watcher;
    std::vector<std::string> patterns;
    /// Told last, and the list's version that showed each first: one that was
    /// created anew is told anew. `told` at all.
    std::map<std::string, std::uint64_t> topics;
    bool told = false;
  };
  using watch_id = std::pair<std::uint64_t, std::uint64_t>;

  void on_watch(watch_patterns& request);
  void on_unwatch(const unwatch_patterns& request);
  void look();
  void on_describe(const describe& query);
  void look_later();
  void tell(const watch_id& id, watch& one);
  void match(const std::string& text, pattern& one) const;
  std::optional<protocol::failure> refuse(const watch_patterns& request) const;

  environment& shared_;
  gateway_actor gateway_;
  std::map<std::string, pattern> patterns_;
  std::map<watch_id, watch> watches_;
  /// Of the list that was matched; 0: there was none yet.
  std::uint64_t version_ = 0;
  bool look_armed_ = false;
  rate asking_;
  std::string last_error_;
};

}  // namespace wskafka
