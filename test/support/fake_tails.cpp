#include "test/support/fake_tails.hpp"

#include "test/support/record_values.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace wskafka::test {

void fake_tails::begin(std::string topic, std::uint32_t epoch,
                       std::chrono::milliseconds timeout) {
  if (broken)
    throw std::runtime_error("broken");
  drop(topic);
  begins.push_back({std::move(topic), epoch, timeout});
}

void fake_tails::end(std::string topic) {
  if (broken)
    throw std::runtime_error("broken");
  drop(topic);
  ended.push_back(std::move(topic));
}

std::vector<kafka::position> fake_tails::ends(const std::string& topic) const {
  std::vector<kafka::position> known;
  for (const auto& [at, end] : log_ends)
    if (at.topic == topic && reads(at))
      known.push_back({at, end});
  return known;
}

void fake_tails::locate(std::string topic, std::uint64_t question,
                        std::vector<std::int32_t> partitions,
                        std::optional<std::int64_t> time,
                        std::chrono::milliseconds) {
  locates.push_back({std::move(topic), question, std::move(partitions), time});
}

void fake_tails::tell_ranges(std::int64_t at_time) {
  for (const locate_call& call : std::exchange(locates, {})) {
    kafka::tail_located told{call.topic, call.question, {}};
    for (const std::int32_t p : call.partitions) {
      const kafka::topic_partition at{call.topic, p};
      const std::int64_t first = log_begins[at];
      told.ranges.push_back(
          {at, first, log_ends[at], call.time ? at_time : first, std::nullopt});
    }
    emit(std::move(told));
  }
}

void fake_tails::fail_locates(const kafka::failure& why) {
  for (const locate_call& call : std::exchange(locates, {})) {
    kafka::tail_located told{call.topic, call.question, {}};
    for (const std::int32_t p : call.partitions)
      told.ranges.push_back({{call.topic, p}, 0, 0, 0, why});
    emit(std::move(told));
  }
}

void fake_tails::close(std::chrono::steady_clock::time_point deadline) {
  closing = deadline;
  begins.clear();
  epochs_.clear();
  reading_.clear();
}

void fake_tails::start(std::int32_t partitions) {
  for (const begin_call& call : std::exchange(begins, {})) {
    kafka::tail_started told{call.topic, call.epoch, {}};
    epochs_[call.topic] = call.epoch;
    for (std::int32_t p = 0; p < partitions; ++p) {
      const kafka::topic_partition at{call.topic, p};
      reading_[at] = {call.epoch, log_ends[at]};
      told.starts.push_back({at, log_ends[at]});
    }
    emit(std::move(told));
  }
}

void fake_tails::fail_begins(const kafka::failure& why) {
  for (const begin_call& call : std::exchange(begins, {}))
    emit(kafka::tail_failed{call.topic, call.epoch, why, true});
}

std::int64_t fake_tails::position(const kafka::topic_partition& at) const {
  return reading_.at(at).position;
}

bool fake_tails::fetch(const kafka::topic_partition& at, unsigned count) {
  std::vector<std::string> values;
  const std::string name = at.topic + '/' + std::to_string(at.partition) + '/';
  for (unsigned i = 0; i < count; ++i)
    values.push_back(name + std::to_string(position(at) + i));
  return fetch(at, std::move(values));
}

bool fake_tails::fetch(const kafka::topic_partition& at,
                       std::vector<std::string> values) {
  reading& from = reading_.at(at);
  if (payer->delivery_credit() == 0)
    return false;
  auto [batch, bytes] = batch_of(at.topic, at.partition, from.position, values);
  batch->fetch_epoch = from.epoch;
  from.position += static_cast<std::int64_t>(values.size());
  std::int64_t& end = log_ends[at];
  end = std::max(end, from.position);
  net::charge held(payer, net::direction::out, bytes);
  emit(kafka::tail_records{{std::move(batch), 0, std::move(held)}});
  return true;
}

void fake_tails::jump(const kafka::topic_partition& at, std::int64_t to,
                      bool truncated) {
  reading& one = reading_.at(at);
  const std::int64_t from = std::exchange(one.position, to);
  emit(kafka::tail_gap{at, one.epoch, from, to, truncated});
}

void fake_tails::grow(const std::string& topic, std::int32_t partitions) {
  kafka::tail_grown told{topic, epochs_.at(topic), {}};
  for (std::int32_t p = 0; p < partitions; ++p) {
    const kafka::topic_partition at{topic, p};
    if (reads(at))
      continue;
    reading_[at] = {told.epoch, 0};
    told.starts.push_back({at, 0});
  }
  emit(std::move(told));
}

void fake_tails::shrink(const std::string& topic, std::int32_t partitions) {
  for (auto each = reading_.begin(); each != reading_.end();) {
    const kafka::topic_partition& at = each->first;
    if (at.topic == topic)
      log_ends[at] = 0;
    const bool gone = at.topic == topic && at.partition >= partitions;
    each = gone ? reading_.erase(each) : std::next(each);
  }
  emit(kafka::tail_shrunk{topic, epochs_.at(topic), partitions});
}

void fake_tails::vanish(const std::string& topic, const kafka::failure& why) {
  const std::uint32_t epoch = epochs_.at(topic);
  drop(topic);
  epochs_[topic] = epoch;
  emit(kafka::tail_failed{topic, epoch, why, false});
}

void fake_tails::emit_closed(bool given_up) {
  emit(kafka::tails_closed{given_up});
}

/// Forgets the topic.
void fake_tails::drop(const std::string& topic) {
  begins.erase(std::remove_if(begins.begin(), begins.end(),
                              [&](const auto& b) { return b.topic == topic; }),
               begins.end());
  epochs_.erase(topic);
  for (auto each = reading_.begin(); each != reading_.end();)
    each = each->first.topic == topic ? reading_.erase(each) : std::next(each);
}

}  // namespace wskafka::test
