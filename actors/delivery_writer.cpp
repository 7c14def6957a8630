#include "actors/delivery_writer.hpp"

#include "actors/ids.hpp"
#include "protocol/render.hpp"

#include <algorithm>
#include <utility>

namespace wskafka {
namespace {

/// Frames that are logged apart; beyond it new ones join the last entry, so
/// that a peer that is slow to answer pings costs a bounded log.
constexpr std::size_t log_limit = 4096;

/// Whether it is the last entry; raised then. Spares naming the partition of
/// each record.
bool raise_last(std::vector<owned_position>& ends, const delivery& from,
                std::int64_t offset) {
  if (ends.empty())
    return false;
  owned_position& last = ends.back();
  if (last.at.partition != from.batch->partition ||
      last.owner_epoch != from.owner_epoch ||
      last.at.topic != from.batch->topic)
    return false;
  last.offset = offset;
  return true;
}

/// Raises the entry of the partition, or adds one.
void raise(std::vector<owned_position>& ends, owned_position end) {
  for (owned_position& known : ends)
    if (known.at == end.at) {
      known = std::move(end);
      return;
    }
  ends.push_back(std::move(end));
}

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

delivery_writer::delivery_writer(environment& shared, peer to)
    : shared_(shared),
      to_(std::move(to)),
      buffer_(shared.options.consumer.mq_limit,
              shared.options.consumer.mq_interval) {}

std::vector<ws::text> delivery_writer::flush(std::uint64_t membership,
                                             bool confirm, bool all) {
  std::size_t left = buffer_.messages();
  if (!all)
    left -= left % message_limit();
  std::vector<ws::text> out;
  open_frame frame;
  for (delivery& from : buffer_.take()) {
    const std::size_t count = std::min(left, from.messages());
    left -= count;
    for (std::size_t i = 0; i < count; ++i)
      add_record(frame, from, membership, confirm, out);
    if (from.messages() > 0)
      keep_rest(std::move(from));
  }
  close(frame, membership, confirm, out);
  return out;
}

/// Moves the delivery's next record to the frame, and ends the frame when it
/// is full.
void delivery_writer::add_record(open_frame& frame, delivery& from,
                                 std::uint64_t membership, bool confirm,
                                 std::vector<ws::text>& out) {
  const protocol::record& record = from.batch->records[from.begin++];
  if (frame.records == message_limit())
    close(frame, membership, confirm, out);
  const std::size_t before = frame.payload.size();
  if (append(frame.payload, from, record)) {
    if (before > 0 && frame.payload.size() >= frame_limit()) {
      // The record that did not fit begins the next frame.
      open_frame rest;
      rest.payload.assign(frame.payload, before, std::string::npos);
      rest.payload.front() = '[';
      frame.payload.resize(before);
      close(frame, membership, confirm, out);
      frame = std::move(rest);
    }
    ++frame.records;
  }
  if (!raise_last(frame.ends, from, record.offset + 1))
    raise(frame.ends, {{from.batch->topic, from.batch->partition},
                       from.owner_epoch,
                       record.offset + 1});
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

/// Appends the record as an element; false when it is too large and skipped.
bool delivery_writer::append(std::string& payload, const delivery& from,
                             const protocol::record& record) {
  const std::size_t before = payload.size();
  payload += before == 0 ? '[' : ',';
  protocol::append_delivery(payload, next_id(), from.batch->value(record),
                            record.null_value);
  if (payload.size() - before > shared_.options.websocket.max_record_out) {
    payload.resize(before);
    ++shared_.count.oversized_records;
    return false;
  }
  ++shared_.count.delivered;
  tell_message(from, record);
  return true;
}

void delivery_writer::close(open_frame& frame, std::uint64_t membership,
                            bool confirm, std::vector<ws::text>& out) {
  if (frame.ends.empty())
    return;
  for (const owned_position& end : frame.ends)
    sent_[end.at] = end;
  if (confirm)
    log(membership, std::move(frame.ends));
  // Of skipped records alone there is no frame, only the question.
  if (!frame.payload.empty())
    frame.payload += ']';
  ws::text text;
  text.held =
      net::charge(to_.account, net::direction::out, frame.payload.size() + 200);
  text.payload = std::move(frame.payload);
  text.confirm = confirm ? sequence_ : 0;
  out.push_back(std::move(text));
  frame = {};
}

void delivery_writer::log(std::uint64_t membership,
                          std::vector<owned_position> ends) {
  ++sequence_;
  if (log_.size() < log_limit || log_.back().membership != membership) {
    log_.push_back({sequence_, membership, std::move(ends)});
    return;
  }
  log_.back().sequence = sequence_;
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
    log_.pop_front();
  }
  return result;
}

void delivery_writer::drop_all() {
  buffer_.take();
}

void delivery_writer::forget() {
  drop_all();
  log_.clear();
  sent_.clear();
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
