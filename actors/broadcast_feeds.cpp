#include "actors/broadcast.hpp"
#include "actors/ids.hpp"
#include "actors/replies.hpp"

#include <algorithm>
#include <utility>
#include <variant>

/// How members that named their start come to where the others are: from the
/// memory of what was fanned out, and from Kafka for what is older.
namespace wskafka {
namespace {

using std::chrono::milliseconds;

/// The most of memory's frames that is sent at a time; less to a peer with less
/// credit.
constexpr std::size_t chunk = 256 * 1024;

/// How long the question where a log begins and ends may take, and how long
/// what failed is left alone.
constexpr milliseconds patience{5000};
constexpr milliseconds pause_after_failure{200};

const partition_positions& listed(const start_point& start,
                                  const std::string& topic) {
  static const partition_positions none;
  const auto found = start.listed.find(topic);
  return found == start.listed.end() ? none : found->second;
}

}  // namespace

// -- where it starts

void broadcast::begin_feed(member& m) {
  broadcast_feed& f = *m.feed;
  for (const auto& [partition, offset] : listed(*f.start, topic_))
    if (history_.ends().count(partition) == 0 && !f.start->lenient) {
      fail_feed(m, {"UNKNOWN_TOPIC_OR_PARTITION",
                    "topic \"" + topic_ + "\" has no partition " +
                        std::to_string(partition) + '.',
                    true});
      return;
    }
  if (const auto known = known_start(f)) {
    f.next.at = *known;
    prepare(m);
  } else {
    locate(m);
  }
}

/// What can be told without asking a broker.
std::optional<partition_positions> broadcast::known_start(
    const broadcast_feed& f) const {
  if (f.start->what == start_point::kind::latest)
    return history_.ends();
  const partition_positions& at = listed(*f.start, topic_);
  const bool here = f.start->what == start_point::kind::positions &&
                    history_.covers(at) && !history_.ahead(at);
  return here ? std::optional<partition_positions>(at) : std::nullopt;
}

void broadcast::locate(member& m) {
  broadcast_feed& f = *m.feed;
  std::vector<std::int32_t> partitions;
  for (const auto& entry : history_.ends())
    partitions.push_back(entry.first);
  std::optional<std::int64_t> time;
  if (f.start && f.start->what == start_point::kind::time)
    time = f.start->time;
  f.question = ask_as(m);
  tails_->locate(topic_, f.question, std::move(partitions), time, patience);
}

void broadcast::on_event(const kafka::tail_located& event) {
  member* const m = find_asker(event.question);
  asked_.erase(event.question);
  if (!m || m->feed->question != event.question)
    return;
  broadcast_feed& f = *m->feed;
  f.question = 0;
  // The topic may have been created anew with fewer partitions meanwhile.
  const auto there = [this](const kafka::log_range& range) {
    return history_.ends().count(range.at.partition) > 0;
  };
  for (const kafka::log_range& range : event.ranges)
    if (range.error && there(range)) {
      last_error_ = range.error->code;
      if (f.ready || range.error->retriable)
        try_later(*m);
      else
        fail_feed(*m, *range.error);
      return;
    }
  for (const kafka::log_range& range : event.ranges)
    if (there(range))
      settle(f, range);
  prepare(*m);
}

/// Where the partition starts; notes the gap when that is not what was asked.
void broadcast::settle(broadcast_feed& f, const kafka::log_range& range) {
  const std::int32_t partition = range.at.partition;
  std::int64_t& at = f.next.at[partition];
  if (f.start) {
    const partition_positions& wanted = listed(*f.start, topic_);
    const auto found = wanted.find(partition);
    if (found == wanted.end()) {
      at = range.at_time;
      return;
    }
    at = found->second;
  }
  // Our own tail may be ahead of the answer.
  const auto ours = history_.ends().find(partition);
  const bool beyond =
      at > range.end && ours != history_.ends().end() && at > ours->second;
  if (at >= range.first && !beyond)
    return;
  const bool to_end = beyond && shared_.options.consumer.out_of_range_offset ==
                                    config::start_offset::latest;
  const std::int64_t to = to_end ? range.end : range.first;
  f.gaps.push_back(make_gap(shared_, topic_, partition, at, to,
                            beyond ? "truncated" : "retention"));
  f.recovered = false;
  at = to;
}

/// The positions are known: answers, or waits for a handle to read by.
void broadcast::prepare(member& m) {
  broadcast_feed& f = *m.feed;
  f.start = nullptr;
  if (f.ready) {
    feed(m);
  } else if (history_.covers(f.next.at)) {
    f.ready = true;
    answer(m);
  } else {
    begin_read(m);
  }
}

// -- from Kafka

void broadcast::begin_read(member& m) {
  broadcast_feed& f = *m.feed;
  std::vector<kafka::position> from;
  f.reads.clear();
  for (const auto& [partition, begin] : history_.begins())
    if (f.next.at[partition] < begin) {
      from.push_back({{topic_, partition}, f.next.at[partition]});
      f.reads.insert(partition);
    }
  const std::uint64_t number = ask_as(m);
  auto begun = past_->begin(
      std::move(from), std::make_shared<past_listener>(number, past_inbox_),
      shared_.book.open());
  if (!begun) {
    asked_.erase(number);
    last_error_ = begun.error.code;
    if (f.ready)
      try_later(m);
    else
      fail_feed(m, begun.error);
    return;
  }
  f.read_number = number;
  f.read = std::move(*begun.value);
  f.read_covers = history_.begins();
}

void broadcast::end_read(broadcast_feed& f) {
  if (f.read)
    f.read->end();
  f.read = nullptr;
  f.early.clear();
  asked_.erase(std::exchange(f.read_number, 0));
}

void broadcast::on_past(past_event& event) {
  member* const m = find_asker(event.read);
  if (!m || m->feed->read_number != event.read)
    return;
  broadcast_feed& f = *m->feed;
  const auto* failed = std::get_if<kafka::history_failed>(&event.what);
  if (failed && failed->fatal && !f.ready) {
    fail_feed(*m, failed->why);
  } else if (!f.ready) {
    // It has its handle.
    f.ready = true;
    answer(*m);
  } else if (!f.open) {
    f.early.push_back(std::move(event.what));
  } else {
    on_past(*m, event.what);
  }
}

void broadcast::on_past(member& m, kafka::history_event& event) {
  if (auto* records = std::get_if<kafka::history_records>(&event))
    take(m, *records);
  else if (const auto* end = std::get_if<kafka::history_end>(&event))
    take(m, *end);
  else if (auto* failed = std::get_if<kafka::history_failed>(&event))
    take(m, *failed);
}

void broadcast::take(member& m, kafka::history_records& records) {
  broadcast_feed& f = *m.feed;
  const batch_ptr batch = std::move(records.what.batch);
  auto frames = make_frames(shared_, m.look, {batch}, f.next.at);
  std::int64_t& at = f.next.at[batch->partition];
  at = std::max(at, batch->records.back().offset + 1);
  f.held.push_back(std::move(records.what.held));
  bring(m, std::move(frames), false);
  go_on(m);
}

/// Nothing more lay before what memory began with.
void broadcast::take(member& m, const kafka::history_end& end) {
  broadcast_feed& f = *m.feed;
  std::int64_t& at = f.next.at[end.partition];
  at = std::max(at, f.read_covers[end.partition]);
  go_on(m);
}

void broadcast::take(member& m, kafka::history_failed& failed) {
  last_error_ = failed.why.code;
  if (!failed.out_of_range && !failed.fatal)
    return;
  end_read(*m.feed);
  if (failed.fatal)
    try_later(m);
  else
    locate(m);
}

/// Is what is still missed in memory? What was when the read began may have
/// left it since: that is another read.
void broadcast::go_on(member& m) {
  broadcast_feed& f = *m.feed;
  for (const auto& [partition, begin] : history_.begins())
    if (f.next.at[partition] < begin && f.reads.count(partition) > 0)
      return;
  end_read(f);
  feed(m);
}

// -- from memory

void broadcast::on_feed(const feed_member& ready) {
  const auto found = members_.find(ready.ws);
  if (found == members_.end() ||
      found->second.subscription != ready.subscription || !found->second.feed)
    return;
  member& m = found->second;
  m.feed->open = true;
  m.feed->writing = false;
  m.feed->held.clear();
  for (kafka::history_event& event : std::exchange(m.feed->early, {}))
    if (m.feed && m.feed->read)
      on_past(m, event);
  if (!m.feed || m.feed->paused)
    return;
  if (m.feed->start && m.feed->question == 0)
    begin_feed(m);
  else
    feed(m);
}

/// The next chunk, when nothing of it is on its way by another road.
void broadcast::feed(member& m) {
  broadcast_feed& f = *m.feed;
  if (!f.open || f.writing || f.read || f.question != 0 || f.paused ||
      f.start || f.retrying)
    return;
  if (f.skips) {
    skip(m);
    return;
  }
  if (!history_.covers(f.next.at)) {
    begin_read(m);
    return;
  }
  auto frames = history_.read(
      f.next, m.look,
      std::clamp(m.to.account->delivery_credit(), std::size_t{1}, chunk));
  // While it has seen of a partition what our tail has not it gets the others'
  // records here: behind the tail's last record there may be none for long.
  if (history_.at_end(f.next) && !history_.ahead(f.next.at))
    catch_up(m, std::move(frames));
  else if (!frames.empty() || !f.gaps.empty())
    bring(m, std::move(frames), false);
}

/// The connection is told first: what its shard makes of the frames, such as
/// that it is behind once more, comes later.
void broadcast::catch_up(member& m, std::vector<broadcast_frame> frames) {
  send(m.actor, broadcast_caught_up{m.subscription, topic_});
  bring(m, std::move(frames), true);
  end_feed(m);
}

void broadcast::bring(member& m, std::vector<broadcast_frame> frames,
                      bool last) {
  ws::catch_up past;
  past.channel = audience(m.look).channel;
  past.last = last;
  if (last)
    past.ends = here();
  std::size_t delivered = 0;
  for (const auto* each : {&m.feed->gaps, &frames})
    for (const broadcast_frame& one : *each) {
      if (one.gap && !m.gaps)
        continue;
      past.frames.push_back(one.frame);
      delivered += one.records;
    }
  m.feed->gaps.clear();
  m.feed->writing = !last;
  shared_.count.delivered += delivered;
  delivering_.add(static_cast<double>(delivered), now());
  shared_.sockets.send({m.to.ref, std::move(past)});
}

void broadcast::feed_all() {
  if (feeding_ == 0)
    return;
  for (auto& [ws, m] : members_)
    if (m.feed)
      feed(m);
}

void broadcast::pass_gap(const kafka::tail_gap& gap) {
  const std::int32_t partition = gap.at.partition;
  const char* const reason = gap.truncated ? "truncated" : "retention";
  if (gap.truncated)
    history_.clear();
  history_.start(partition, gap.to);
  here_ = nullptr;
  const auto told =
      make_gap(shared_, topic_, partition, gap.from, gap.to, reason);
  for (const broadcast_audience& each : audiences_)
    fan_out(each, {told});
  if (!gap.truncated || feeding_ == 0)
    return;
  // What they have missed of the log that was is gone.
  for (auto& [ws, m] : members_) {
    if (!m.feed || m.feed->start)
      continue;
    broadcast_feed& f = *m.feed;
    std::int64_t& at = f.next.at[partition];
    f.gaps.push_back(make_gap(shared_, topic_, partition, at, gap.to, reason));
    at = gap.to;
    end_read(f);
    if (f.ready)
      feed(m);
    else
      prepare(m);
  }
}

// -- the end

/// It counts with the others from here on.
void broadcast::end_feed(member& m) {
  if (!m.feed)
    return;
  end_read(*m.feed);
  asked_.erase(m.feed->question);
  m.feed = nullptr;
  --feeding_;
  ++audience(m.look).present;
}

/// It leaves when it has read that.
void broadcast::fail_feed(member& m, const kafka::failure& why) {
  last_error_ = why.code;
  m.waiting = false;
  send(m.actor, subscription_failed{m.subscription, to_protocol(why)});
  end_feed(m);
}

void broadcast::try_later(member& m) {
  if (std::exchange(m.feed->retrying, true))
    return;
  delayed_send(this, pause_after_failure, feed_due{m.to.ref.ws});
}

void broadcast::on_feed_due(const feed_due& tick) {
  const auto found = members_.find(tick.ws);
  if (found == members_.end() || !found->second.feed ||
      phase_ != phase::running)
    return;
  member& m = found->second;
  broadcast_feed& f = *m.feed;
  f.retrying = false;
  if (f.read || f.question != 0)
    return;
  if (f.start && !f.paused)
    begin_feed(m);
  else if (f.ready)
    feed(m);
  else
    prepare(m);
}

broadcast::member* broadcast::find_asker(std::uint64_t number) {
  const auto asked = asked_.find(number);
  if (asked == asked_.end())
    return nullptr;
  const auto found = members_.find(asked->second);
  return found == members_.end() || !found->second.feed ? nullptr
                                                        : &found->second;
}

std::uint64_t broadcast::ask_as(member& m) {
  const std::uint64_t number = next_id();
  asked_[number] = m.to.ref.ws;
  return number;
}

}  // namespace wskafka
