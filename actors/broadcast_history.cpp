#include "actors/broadcast_history.hpp"

#include <algorithm>
#include <utility>

namespace wskafka {
namespace {

std::size_t charge_of(const std::vector<batch_ptr>& batches) {
  std::size_t sum = 0;
  for (const batch_ptr& batch : batches)
    for (const protocol::record& record : batch->records)
      sum += protocol::record_batch::charge(record);
  return sum;
}

/// How much of a flush somebody has.
struct share {
  bool some_missed = false;
  bool some_seen = false;
};

share share_of(const std::vector<batch_ptr>& batches,
               const partition_positions& at) {
  share result;
  for (const batch_ptr& batch : batches) {
    const auto known = at.find(batch->partition);
    const std::int64_t next = known == at.end() ? 0 : known->second;
    if (batch->records.front().offset < next)
      result.some_seen = true;
    if (batch->records.back().offset >= next)
      result.some_missed = true;
  }
  return result;
}

}  // namespace

void broadcast_history::start(std::int32_t partition, std::int64_t offset) {
  begins_[partition] = ends_[partition] = offset;
}

void broadcast_history::add(std::vector<batch_ptr> batches) {
  const std::size_t size = charge_of(batches);
  for (const batch_ptr& batch : batches)
    ends_[batch->partition] = batch->records.back().offset + 1;
  flushes_.push_back(
      {std::move(batches),
       {},
       0,
       net::shared_charge(shared_.book, net::direction::out, size)});
  grow(flushes_.back(), size);
  const std::size_t half = shared_.book.bounds(net::direction::out).process / 2;
  while (flushes_.size() > 1 &&
         (bytes_ > most_ || shared_.book.held(net::direction::out) > half))
    drop_oldest();
}

const std::vector<broadcast_frame>& broadcast_history::frames_of(flush& one,
                                                                 element look) {
  auto& frames = one.frames[static_cast<std::size_t>(look)];
  if (!frames) {
    frames = make_frames(shared_, look, one.batches, {});
    for (const broadcast_frame& each : *frames)
      grow(one, each.frame->size());
  }
  return *frames;
}

void broadcast_history::grow(flush& by, std::size_t bytes) {
  by.bytes += bytes;
  bytes_ += bytes;
  shared_.count.history_bytes += bytes;
}

void broadcast_history::shrink(std::size_t bytes) {
  bytes_ -= bytes;
  shared_.count.history_bytes -= bytes;
}

void broadcast_history::drop_oldest() {
  const flush& oldest = flushes_.front();
  for (const batch_ptr& batch : oldest.batches) {
    std::int64_t& begin = begins_[batch->partition];
    begin = std::max(begin, batch->records.back().offset + 1);
  }
  shrink(oldest.bytes);
  flushes_.pop_front();
  ++first_;
}

void broadcast_history::clear() {
  first_ = end();
  flushes_.clear();
  shrink(bytes_);
  begins_ = ends_;
}

void broadcast_history::forget_from(std::int32_t partition) {
  clear();
  for (partition_positions* each : {&begins_, &ends_})
    each->erase(each->lower_bound(partition), each->end());
}

void broadcast_history::reset() {
  clear();
  begins_.clear();
  ends_.clear();
}

bool broadcast_history::covers(const partition_positions& at) const {
  return std::all_of(begins_.begin(), begins_.end(), [&](const auto& begin) {
    const auto known = at.find(begin.first);
    return known != at.end() && known->second >= begin.second;
  });
}

bool broadcast_history::ahead(const partition_positions& at) const {
  return std::any_of(ends_.begin(), ends_.end(), [&](const auto& end) {
    const auto known = at.find(end.first);
    return known != at.end() && known->second > end.second;
  });
}

std::vector<broadcast_frame> broadcast_history::read(cursor& who, element look,
                                                     std::size_t bytes) {
  std::vector<broadcast_frame> result;
  who.flush = std::max(who.flush, first_);
  for (std::size_t size = 0; who.flush < end() && size < bytes; ++who.flush) {
    flush& next = flushes_[who.flush - first_];
    const share part = share_of(next.batches, who.at);
    if (!part.some_missed)
      continue;
    const auto frames = part.some_seen || who.again
                            ? make_frames(shared_, look, next.batches, who.at)
                            : frames_of(next, look);
    for (const broadcast_frame& each : frames)
      size += each.frame->size();
    result.insert(result.end(), frames.begin(), frames.end());
    for (const batch_ptr& batch : next.batches) {
      std::int64_t& at = who.at[batch->partition];
      at = std::max(at, batch->records.back().offset + 1);
    }
  }
  return result;
}

bool broadcast_history::at_end(const cursor& who) const {
  return who.flush >= end();
}

}  // namespace wskafka
