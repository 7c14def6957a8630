#include "actors/delivery_writer.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace wskafka {
namespace {

/// Frames that are logged apart; beyond it new ones join the last entry, so
/// that a peer that is slow to answer pings costs a bounded log.
constexpr std::size_t log_limit = 4096;

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

delivery_writer::delivery_writer(environment& shared, peer to)
    : shared_(shared),
      to_(std::move(to)),
      buffer_(shared.options.consumer.mq_limit,
              shared.options.consumer.mq_interval) {}

std::optional<ws::text> delivery_writer::set_mode(const delivery_mode& mode,
                                                  std::uint64_t membership) {
  mode_ = mode;
  const config::consumer_options& most = shared_.options.consumer;
  auto interval = most.mq_interval;
  if (interval && mode.flush_interval)
    interval = std::min(*interval, *mode.flush_interval);
  buffer_.set(std::min(mode.flush_limit.value_or(most.mq_limit), most.mq_limit),
              interval);
  if (mode.ack) {
    owed_.set_window(mode.window);
    return std::nullopt;
  }
  made_frame owed;
  owed.records = owed_.count();
  owed.ends = sent();
  owed_.clear();
  if (owed.records == 0 || !by_pong())
    return std::nullopt;
  return log(std::move(owed), membership);
}

delivery_writer::next delivery_writer::add(delivery records) {
  const next what = buffer_.add(std::move(records));
  if (mode_.window == 0)
    return what;
  const std::size_t free = room();
  if (free == 0)
    return next::wait;
  return buffer_.messages() >= free ? next::flush : what;
}

std::size_t delivery_writer::room() const {
  if (mode_.window == 0)
    return std::numeric_limits<std::size_t>::max();
  const std::size_t used = owed_.places() + logged_;
  return mode_.window - std::min(mode_.window, used);
}

bool delivery_writer::window_filling() const {
  return mode_.window > 0 && !mode_.ack && 2 * logged_ >= mode_.window;
}

/// The peer's WebSocket stack confirms what is sent.
bool delivery_writer::by_pong() const {
  return !mode_.ack &&
         (shared_.options.consumer.auto_commit || mode_.window > 0);
}

std::vector<ws::text> delivery_writer::flush(std::uint64_t membership,
                                             bool all) {
  std::size_t left = buffer_.messages();
  const std::size_t free = room();
  if (left >= free)
    left = free;
  else if (!all)
    left -= left % buffer_.limit();
  if (left == 0)
    return {};
  frame_maker frames(shared_, mode_.look, buffer_.limit(), mode_.gaps);
  // Charged until its frames are.
  std::vector<delivery> taken = buffer_.take();
  for (delivery& from : taken) {
    left -= add_records(frames, from, left);
    if (from.messages() > 0)
      keep_rest(std::move(from));
  }
  std::vector<ws::text> out;
  for (made_frame& frame : frames.finish())
    out.push_back(log(std::move(frame), membership));
  return out;
}

/// Moves the delivery's next records to the frames, at most so many that are
/// not skipped; how many they were.
std::size_t delivery_writer::add_records(frame_maker& frames, delivery& from,
                                         std::size_t most) {
  if (most == 0)
    return 0;
  const protocol::record_batch& batch = *from.batch;
  // Backwards: what was sent of it before were other records.
  if (batch.gap && batch.gap->to < batch.records.back().offset)
    start_anew({{batch.topic, batch.partition}});
  owed_acks::partition* owed = nullptr;
  if (mode_.ack)
    owed = &owed_.open({batch.topic, batch.partition}, from.owner_epoch);
  std::size_t added = 0;
  while (added < most && from.messages() > 0) {
    const protocol::record& record = batch.records[from.begin++];
    if (!frames.add(batch, record, from.owner_epoch))
      continue;
    if (owed != nullptr)
      owed_.sent(*owed, record.offset);
    ++shared_.count.delivered;
    tell_message(from, record);
    ++added;
  }
  return added;
}

/// Too few for a frame of `mq_limit`: they begin to wait anew, and what was
/// sent of their batch is paid for by its frames.
void delivery_writer::keep_rest(delivery from) {
  std::size_t bytes = 0;
  for (std::size_t i = from.begin; i < from.batch->records.size(); ++i)
    bytes += protocol::record_batch::charge(from.batch->records[i]);
  from.held = net::charge(to_.account, net::direction::out, bytes);
  buffer_.add(std::move(from));
}

/// Of skipped records alone there is no frame, only the question.
ws::text delivery_writer::log(made_frame frame, std::uint64_t membership) {
  for (const owned_position& end : frame.ends)
    sent_[end.at] = end;
  const bool confirm = by_pong();
  if (confirm)
    log(membership, frame.records, std::move(frame.ends));
  ws::text text;
  text.held =
      net::charge(to_.account, net::direction::out, frame.payload.size() + 200);
  text.payload = std::move(frame.payload);
  text.confirm = confirm ? sequence_ : 0;
  return text;
}

void delivery_writer::log(std::uint64_t membership, std::size_t records,
                          std::vector<owned_position> ends) {
  ++sequence_;
  logged_ += records;
  if (log_.size() < log_limit || log_.back().membership != membership) {
    log_.push_back({sequence_, membership, records, std::move(ends)});
    return;
  }
  log_.back().sequence = sequence_;
  log_.back().records += records;
  for (owned_position& end : ends)
    raise(log_.back().ends, std::move(end));
}

void delivery_writer::tell_message(const delivery& from,
                                   const protocol::record& record) {
  if (!shared_.events.wanted(event::consumer_message))
    return;
  event_info info;
  info.what = event::consumer_message;
  info.ws = to_.ref.ws;
  info.topic = from.batch->topic;
  info.partition = from.batch->partition;
  info.offset = record.offset;
  info.text = from.batch->value(record);
  shared_.events.emit(info);
}

std::vector<delivery_writer::confirmation> delivery_writer::confirm(
    std::uint64_t sequence) {
  std::vector<confirmation> result;
  while (!log_.empty() && log_.front().sequence <= sequence) {
    sent_frame& frame = log_.front();
    if (result.empty() || result.back().membership != frame.membership)
      result.push_back({frame.membership, {}});
    for (owned_position& end : frame.ends)
      raise(result.back().positions, std::move(end));
    logged_ -= frame.records;
    log_.pop_front();
  }
  return result;
}

std::optional<owned_position> delivery_writer::acknowledge(
    const kafka::topic_partition& at, std::int64_t offset) {
  const auto end = sent_.find(at);
  if (!mode_.ack || end == sent_.end())
    return std::nullopt;
  const auto position = owed_.acknowledge(at, offset, end->second.offset);
  if (!position)
    return std::nullopt;
  return owned_position{at, end->second.owner_epoch, *position};
}

bool delivery_writer::owes_ack() const {
  return owed_.any();
}

void delivery_writer::start_anew(
    const std::vector<kafka::topic_partition>& partitions) {
  for (const kafka::topic_partition& at : partitions) {
    owed_.forget(at);
    sent_.erase(at);
  }
}

void delivery_writer::drop_all() {
  buffer_.take();
}

void delivery_writer::forget() {
  drop_all();
  log_.clear();
  logged_ = 0;
  begin_membership();
}

void delivery_writer::drop(
    const std::vector<kafka::topic_partition>& partitions) {
  buffer_.drop_if([&](const delivery& waiting) {
    return std::find(partitions.begin(), partitions.end(),
                     kafka::topic_partition{waiting.batch->topic,
                                            waiting.batch->partition}) !=
           partitions.end();
  });
}

void delivery_writer::keep_topics(const std::vector<std::string>& topics) {
  buffer_.drop_if([&](const delivery& waiting) {
    return !contains(topics, waiting.batch->topic);
  });
}

std::vector<owned_position> delivery_writer::sent(
    const std::vector<kafka::topic_partition>& partitions) const {
  std::vector<owned_position> result;
  for (const kafka::topic_partition& at : partitions) {
    const auto found = sent_.find(at);
    if (found != sent_.end())
      result.push_back(found->second);
  }
  return result;
}

std::vector<owned_position> delivery_writer::sent() const {
  std::vector<owned_position> result;
  for (const auto& entry : sent_)
    result.push_back(entry.second);
  return result;
}

}  // namespace wskafka
