#include "actors/delivery_writer.hpp"

#include <algorithm>
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

std::vector<ws::text> delivery_writer::flush(std::uint64_t membership,
                                             bool confirm, bool all) {
  std::size_t left = buffer_.messages();
  if (!all)
    left -= left % shared_.options.consumer.mq_limit;
  frame_maker frames(shared_, look_);
  // Charged until its frames are.
  std::vector<delivery> taken = buffer_.take();
  for (delivery& from : taken) {
    const std::size_t count = std::min(left, from.messages());
    left -= count;
    for (std::size_t i = 0; i < count; ++i)
      add_record(frames, from);
    if (from.messages() > 0)
      keep_rest(std::move(from));
  }
  std::vector<ws::text> out;
  for (made_frame& frame : frames.finish())
    out.push_back(log(std::move(frame), membership, confirm));
  return out;
}

/// Moves the delivery's next record to the frames.
void delivery_writer::add_record(frame_maker& frames, delivery& from) {
  const protocol::record& record = from.batch->records[from.begin++];
  if (!frames.add(*from.batch, record, from.owner_epoch))
    return;
  ++shared_.count.delivered;
  tell_message(from, record);
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
ws::text delivery_writer::log(made_frame frame, std::uint64_t membership,
                              bool confirm) {
  for (const owned_position& end : frame.ends)
    sent_[end.at] = end;
  if (confirm)
    log(membership, std::move(frame.ends));
  ws::text text;
  text.held =
      net::charge(to_.account, net::direction::out, frame.payload.size() + 200);
  text.payload = std::move(frame.payload);
  text.confirm = confirm ? sequence_ : 0;
  return text;
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
