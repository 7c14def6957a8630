#include "actors/health.hpp"

#include "actors/replies.hpp"
#include "actors/version.hpp"
#include "protocol/render.hpp"

#include <algorithm>
#include <utility>

namespace wskafka {
namespace {

/// `consumers` holds at most this many connections (`protocol.md` "health").
constexpr std::size_t most_entries = 1000;

constexpr std::chrono::seconds cache_time{1};

std::string entry_of(std::uint64_t ws, const std::vector<std::string>& topics) {
  std::string text = "{\"ws\":" + std::to_string(ws) + ",\"topics\":";
  protocol::append_names(text, topics);
  return text + '}';
}

json budget_state(const net::ledger& book, net::direction way) {
  return {{"held", book.held(way)}, {"budget", book.bounds(way).process}};
}

json ledger_state(const environment& shared) {
  json out = budget_state(shared.book, net::direction::out);
  // Of what is held; the rest waits for somebody.
  out["history"] = shared.count.history_bytes.load();
  return {{"in", budget_state(shared.book, net::direction::in)},
          {"out", std::move(out)}};
}

json counter_state(const counters& c) {
  return {
      {"requests", c.requests.load()},
      {"bad_requests", c.bad_requests.load()},
      {"failures", c.failures.load()},
      {"publish_failed", c.publish_failed.load()},
      {"publish_refused", c.publish_refused.load()},
      {"publish_timeouts", c.publish_timeouts.load()},
      {"delivered", c.delivered.load()},
      {"stale_records", c.stale_records.load()},
      {"oversized_records", c.oversized_records.load()},
      {"dropped_records", c.dropped_records.load()},
      {"ignored_confirmations", c.ignored_confirmations.load()},
      {"handover_timeouts", c.handover_timeouts.load()},
      {"commits", c.commits.load()},
      {"commit_failures", c.commit_failures.load()},
      {"rebalances", c.rebalances.load()},
      {"actor_failures", c.actor_failures.load()},
  };
}

json socket_state(const ws::statistics& s) {
  json closed = json::object();
  for (std::size_t i = 0; i < ws::close_reasons; ++i)
    closed[std::string(to_string(static_cast<ws::close_reason>(i)))] =
        s.closed[i];
  return {
      {"open", s.open},
      {"accepted", s.accepted},
      {"refused_origin", s.refused_origin},
      {"refused_limit", s.refused_limit},
      {"refused_other", s.refused_other},
      {"frames_in", s.frames_in},
      {"bytes_in", s.bytes_in},
      {"frames_out", s.frames_out},
      {"bytes_out", s.bytes_out},
      {"pings", s.pings},
      {"pongs", s.pongs},
      {"over_budget", s.over_budget},
      {"read_pauses", s.read_pauses},
      {"undeliverable", s.undeliverable},
      {"accept_errors", s.accept_errors},
      {"failures", s.failures},
      {"closed", std::move(closed)},
  };
}

}  // namespace

void health_reports::subscribed(std::uint64_t ws,
                                std::vector<std::string> topics) {
  const auto found = subscriptions_.find(ws);
  if (found != subscriptions_.end())
    found->second = std::move(topics);
}

void health_reports::answer(const health_query& query) {
  reply_success(shared_.sockets, query.from, query.head.view(),
                '{' + consumers(query.from.ref.ws) + '}');
}

void health_reports::fill_cache() {
  const time_point now = now_();
  if (cached_at_ && now - *cached_at_ <= cache_time)
    return;
  cached_at_ = now;
  cache_.clear();
  for (const auto& [ws, topics] : subscriptions_) {
    if (cache_.size() > most_entries)
      break;
    cache_.push_back({ws, entry_of(ws, topics)});
  }
}

/// The asker's entry is of this moment, the others' from the cache.
std::string health_reports::consumers(std::uint64_t asker) {
  fill_cache();
  std::string list = "\"consumers\":[";
  std::size_t count = 0;
  bool cut = false;
  const auto own = subscriptions_.find(asker);
  if (own != subscriptions_.end()) {
    list += entry_of(asker, own->second);
    ++count;
  }
  for (const cached_entry& entry : cache_) {
    if (entry.ws == asker)
      continue;
    cut = count == most_entries;
    if (cut)
      break;
    if (count > 0)
      list += ',';
    list += entry.text;
    ++count;
  }
  list += ']';
  if (cut)
    list += ",\"total\":" + std::to_string(subscriptions_.size());
  return list;
}

bool health_reports::collecting_for(std::uint64_t ws) const {
  return std::any_of(pages_.begin(), pages_.end(), [&](const auto& entry) {
    return entry.second.query.from.ref.ws == ws;
  });
}

json health_reports::waiting(std::uint64_t beside) const {
  std::size_t messages = 0;
  std::size_t bytes = 0;
  for (const auto& [number, other] : pages_) {
    if (number == beside)
      continue;
    ++messages;
    bytes += other.query.held ? other.query.held->bytes() : 0;
  }
  return {{"messages", messages}, {"bytes", bytes}};
}

std::uint64_t health_reports::begin(health_query query,
                                    std::vector<std::string> busy,
                                    std::size_t total) {
  const std::uint64_t number = ++page_numbers_;
  page& p = pages_[number];
  p.query = std::move(query);
  p.total = total;
  p.missing = busy.size();
  p.told.resize(busy.size());
  p.states = std::move(busy);
  if (p.states.empty())
    finish(number);
  return number;
}

void health_reports::collect(const described& state) {
  const auto found = pages_.find(state.query);
  if (found == pages_.end() || state.index >= found->second.states.size())
    return;
  page& p = found->second;
  if (p.told[state.index])
    return;
  p.told[state.index] = true;
  p.states[state.index] = state.state;
  if (--p.missing == 0)
    finish(state.query);
}

void health_reports::expire(std::uint64_t number) {
  if (pages_.count(number) > 0)
    finish(number);
}

void health_reports::finish(std::uint64_t number) {
  page p = std::move(pages_.at(number));
  pages_.erase(number);
  // The question is not part of its answer: an idle ledger shows as empty.
  p.query.held.reset();
  std::string text = server_state().dump();
  text.back() = ',';
  text += consumers(p.query.from.ref.ws);
  text += ",\"total_actors\":" + std::to_string(p.total) + ",\"actors\":[";
  for (std::size_t i = 0; i < p.states.size(); ++i) {
    if (i > 0)
      text += ',';
    text += p.states[i];
  }
  reply_success(shared_.sockets, p.query.from, p.query.head.view(),
                text + "]}");
}

json health_reports::server_state() const {
  const auto uptime =
      std::chrono::duration_cast<std::chrono::milliseconds>(now_() - started_);
  const kafka::broker_state broker = shared_.kafka.state();
  const kafka::producer_statistics producer = shared_.kafka.producer().count();
  return {
      {"version", version},
      {"uptime_ms", uptime.count()},
      {"broker",
       {{"up", broker.up},
        {"name", broker.name},
        {"handles", broker.handles},
        {"last_error", broker.last_error}}},
      {"ledger", ledger_state(shared_)},
      {"counters", counter_state(shared_.count)},
      {"publishing",
       {{"handed_over", producer.handed_over},
        {"reported", producer.reported},
        {"failed", producer.failed},
        {"recreated", producer.recreated}}},
      {"sockets", socket_state(shared_.socket_statistics())},
  };
}

}  // namespace wskafka
