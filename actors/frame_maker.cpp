#include "actors/frame_maker.hpp"

#include "actors/ids.hpp"
#include "protocol/render.hpp"

namespace wskafka {
namespace {

/// Whether it is the last entry; raised then. Spares naming the partition of
/// each record.
bool raise_last(std::vector<owned_position>& ends,
                const protocol::record_batch& from, std::uint32_t owner_epoch,
                std::int64_t offset) {
  if (ends.empty())
    return false;
  owned_position& last = ends.back();
  if (last.at.partition != from.partition || last.owner_epoch != owner_epoch ||
      last.at.topic != from.topic)
    return false;
  last.offset = offset;
  return true;
}

/// The position behind it.
std::int64_t end_of(const protocol::record_batch& from,
                    const protocol::record& record) {
  return from.gap ? from.gap->to : record.offset + 1;
}

}  // namespace

void raise(std::vector<owned_position>& ends, owned_position end) {
  for (owned_position& known : ends)
    if (known.at == end.at) {
      known = std::move(end);
      return;
    }
  ends.push_back(std::move(end));
}

bool frame_maker::add(const protocol::record_batch& from,
                      const protocol::record& record,
                      std::uint32_t owner_epoch) {
  if (open_.records == limit_)
    close();
  const std::size_t before = open_.payload.size();
  const bool taken = append(from, record);
  if (taken) {
    if (before > 0 &&
        open_.payload.size() >= shared_.options.websocket.max_frame_out) {
      // The record that did not fit begins the next frame.
      made_frame rest;
      rest.payload.assign(open_.payload, before, std::string::npos);
      rest.payload.front() = '[';
      open_.payload.resize(before);
      close();
      open_ = std::move(rest);
    }
    ++open_.records;
  }
  if (!taken && gaps_) {
    add_gap(from, record, owner_epoch);
    return false;
  }
  const std::int64_t end = end_of(from, record);
  if (!raise_last(open_.ends, from, owner_epoch, end))
    raise(open_.ends, {{from.topic, from.partition}, owner_epoch, end});
  return taken;
}

/// As an element; false when it is none, or too large and skipped.
bool frame_maker::append(const protocol::record_batch& from,
                         const protocol::record& record) {
  if (from.gap)
    return false;
  std::string& payload = open_.payload;
  const std::size_t before = payload.size();
  payload += before == 0 ? '[' : ',';
  protocol::append_delivery(payload, next_id(), from.value(record),
                            record.null_value);
  if (look_ == element::with_meta) {
    // Inside the element.
    payload.back() = ',';
    payload += "\"meta\":";
    protocol::append_meta(payload, from, record);
    payload += '}';
  }
  if (payload.size() - before <= shared_.options.websocket.max_record_out)
    return true;
  payload.resize(before);
  ++shared_.count.oversized_records;
  return false;
}

void frame_maker::add_gap(const protocol::record_batch& from,
                          const protocol::record& record,
                          std::uint32_t owner_epoch) {
  close();
  made_frame told;
  told.gap = true;
  const std::int64_t end = end_of(from, record);
  protocol::append_gap(told.payload, from.topic, from.partition, record.offset,
                       end, from.gap ? from.gap->reason : "oversized");
  told.ends.push_back({{from.topic, from.partition}, owner_epoch, end});
  done_.push_back(std::move(told));
}

void frame_maker::close() {
  if (open_.ends.empty())
    return;
  if (!open_.payload.empty())
    open_.payload += ']';
  done_.push_back(std::exchange(open_, {}));
}

std::vector<made_frame> frame_maker::finish() {
  close();
  return std::exchange(done_, {});
}

}  // namespace wskafka
