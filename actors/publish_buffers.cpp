#include "actors/publish_buffers.hpp"

#include <algorithm>
#include <utility>

namespace wskafka {
namespace {

using std::chrono::milliseconds;

/// A batch's charge is released when the last of its records is reported: one
/// slow partition should not hold much more than its own.
constexpr std::size_t batch_bytes = std::size_t{64} * 1024;

/// By how much of its interval a buffer may go sooner, in company.
constexpr int gather_part = 10;
constexpr milliseconds most_gather{20};

}  // namespace

publish_buffers::publish_buffers(const config::producer_options& options)
    : limit_(options.mq_limit),
      interval_(options.mq_interval.value_or(milliseconds(0))),
      gather_(std::min<time_point::duration>(interval_ / gather_part,
                                             most_gather)) {}

kafka::publish_batch& publish_buffers::open(publish_buffer& buffer,
                                            time_point now) {
  if (buffer.batches.empty()) {
    buffer.due = now + interval_;
    buffer.place = waiting_.insert(waiting_.end(), &buffer);
  }
  if (!std::exchange(buffer.filling, true))
    buffer.batches.push_back(std::make_shared<kafka::publish_batch>());
  ++buffer.messages;
  return *buffer.batches.back();
}

bool publish_buffers::frame_ends(publish_buffer& buffer) {
  buffer.filling = buffer.batches.back()->arena.size() < batch_bytes;
  // Where nothing waits for its time, a long burst need not end first.
  const bool at_once = interval_ == interval_.zero();
  return buffer.messages >= limit_ || (at_once && !buffer.filling);
}

publish_buffer* publish_buffers::next_due(time_point now) {
  if (waiting_.empty())
    return nullptr;
  publish_buffer* first = waiting_.front();
  if (first->due <= now)
    until_ = now + gather_;
  return first->due <= until_ ? first : nullptr;
}

std::optional<time_point> publish_buffers::first_due() const {
  if (waiting_.empty())
    return std::nullopt;
  return waiting_.front()->due;
}

std::vector<std::shared_ptr<kafka::publish_batch>> publish_buffers::take(
    publish_buffer& buffer) {
  waiting_.erase(buffer.place);
  buffer.filling = false;
  buffer.messages = 0;
  return std::exchange(buffer.batches, {});
}

std::size_t publish_buffers::messages() const {
  std::size_t sum = 0;
  for (const publish_buffer* each : waiting_)
    sum += each->messages;
  return sum;
}

std::size_t publish_buffers::bytes() const {
  std::size_t sum = 0;
  for (const publish_buffer* each : waiting_)
    for (const auto& batch : each->batches)
      sum += batch->held.bytes();
  return sum;
}

}  // namespace wskafka
