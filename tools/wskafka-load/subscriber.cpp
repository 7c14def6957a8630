#include "tools/wskafka-load/subscriber.hpp"

#include "tools/wskafka-load/clock.hpp"
#include "tools/wskafka-load/setup.hpp"
#include "tools/wskafka-load/text.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>

namespace wskafka::load {

void subscriber::prepare() {
  const context& shared = owner_.shared();
  std::string whose = shared.asked.broadcast
                          ? R"("broadcast":true)"
                          : "\"consumer_group\":" +
                                nlohmann::json(shared.groups[group_]).dump();
  if (shared.asked.acks())
    whose += R"(,"commit":"ack")";
  if (shared.asked.window > 0)
    whose += fmt::format(R"(,"window":{})", shared.asked.window);
  for (const auto& topics : by_request(shared.topics)) {
    link_.send_text(fmt::format(
        R"({{"id":1,"t":"topic","a":"subscribe","p":{{"t":{},{}}}}})",
        nlohmann::json(topics).dump(), whose));
    ++unanswered_;
  }
}

void subscriber::on_message(std::string_view text) {
  if (is_array(text))
    take_deliveries(text);
  else
    take_reply(text);
}

void subscriber::take_reply(std::string_view text) {
  reply got;
  if (positioned_ || !scan_reply(text, got) || got.refid != "1") {
    client::on_message(text);
    return;
  }
  if (got.failed()) {
    link_.give_up(fmt::format("the subscribe was refused with {}: {}",
                              unquoted(got.code), unquoted(got.message)));
    return;
  }
  if (--unanswered_ > 0)
    return;
  positioned_ = true;
  ready();
}

void subscriber::take_deliveries(std::string_view text) {
  const std::int64_t now = now_ns();
  context& shared = owner_.shared();
  elements_.clear();
  marks_.clear();
  partitions_.clear();
  if (!scan_deliveries(text, elements_)) {
    owner_.problem(fmt::format("a delivery that is no array of objects: {}",
                               excerpt(text)));
    return;
  }
  for (const element& each : elements_) {
    const std::string_view value = unquoted(each.payload);
    mark one;
    // A record of ours that is not whole counts as lost, and as foreign.
    if (read_mark(value, one) &&
        (!shared.book.ours(one) || value.substr(mark_size) == shared.padding)) {
      marks_.push_back(one);
      if (shared.asked.acks())
        partitions_.push_back(partition_of(each));
    }
  }
  interval& seen = owner_.seen();
  seen.delivered += elements_.size();
  seen.first_delivery = std::min(seen.first_delivery, now);
  seen.last_delivery = std::max(seen.last_delivery, now);
  if (elements_.size() > marks_.size())
    shared.book.foreign(group_, elements_.size() - marks_.size());
  shared.book.delivered(group_, marks_, fresh_, partitions_);
  // A copy of what came before is no further delivery.
  const auto again = std::count(fresh_.begin(), fresh_.end(), false);
  if (owner_.when().measured(now))
    seen.delivered_measured +=
        elements_.size() - static_cast<std::size_t>(again);
  for (std::size_t i = 0; i < marks_.size(); ++i) {
    const mark& one = marks_[i];
    if (!fresh_[i])
      continue;
    if (!same_clock(one.run)) {
      ++seen.other_clock;
      continue;
    }
    seen.shown.add(now - one.intended);
    // Somebody else's records may have lain in the topic for long.
    const bool ours = shared.book.ours(one);
    if (owner_.when().measured(ours ? one.intended : now)) {
      seen.response.add(now - one.intended);
      seen.service.add(now - one.sent());
    }
    if (ours && group_ == 0 && shared.asked.closed_loop)
      owner_.complete(one.publisher);
  }
  if (shared.asked.acks())
    acknowledge();
  // Not for each: waking a thread is dearer than all of the above.
  if (shared.wanted > 0 && shared.book.arrived() >= shared.wanted)
    shared.main.notify();
}

/// 0 where it does not say.
std::int32_t subscriber::partition_of(const element& each) const {
  record_place at;
  std::int32_t partition = 0;
  if (scan_place(each.meta, at))
    std::from_chars(at.partition.data(),
                    at.partition.data() + at.partition.size(), partition);
  return partition;
}

void subscriber::acknowledge() {
  for (const element& each : elements_)
    if (!acks_.take(each.meta))
      owner_.problem("a record without a meta to acknowledge");
  link_.send_text(acks_.message());
}

}  // namespace wskafka::load
