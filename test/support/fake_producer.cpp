#include "test/support/fake_producer.hpp"

#include <memory>
#include <stdexcept>
#include <utility>

namespace wskafka::test {

/// The handle is no more than an address that is unlike any other.
kafka::producer_topic* fake_producer::topic(std::string_view name) {
  char& place = topics_[std::string(name)];
  return reinterpret_cast<kafka::producer_topic*>(&place);
}

void fake_producer::begin(const std::shared_ptr<kafka::publish_batch>& batch) {
  for (kafka::publish_item& item : batch->items)
    item.batch = batch.get();
  batch->unreported = batch->items.size();
  batch->in_flight = batch;
}

void fake_producer::publish(kafka::publish_batch& batch, std::size_t item,
                            kafka::producer_topic* topic,
                            std::int32_t partition) {
  if (breaks_after && (*breaks_after)-- == 0)
    throw std::runtime_error("broken");
  ++count_.handed_over;
  record r;
  for (const auto& known : topics_)
    if (reinterpret_cast<const kafka::producer_topic*>(&known.second) == topic)
      r.topic = known.first;
  if (r.topic != batch.topic(batch.items[item]))
    throw std::logic_error("published to another topic's handle");
  r.partition = partition;
  r.value = batch.value(batch.items[item]);
  r.null_value = batch.items[item].null_value;
  if (const auto* extras = batch.extras_of(batch.items[item]))
    take_extras(r, batch, *extras);
  r.batch = &batch;
  r.item = item;
  if (refused_)
    fail(r, *refused_, false);
  else
    waiting_.push_back(std::move(r));
}

void fake_producer::take_extras(record& to, const kafka::publish_batch& batch,
                                const kafka::publish_extras& from) {
  if (from.has_key)
    to.key = batch.bytes(from.key);
  to.timestamp = from.timestamp;
  for (std::uint32_t i = 0; i < from.headers_size; ++i) {
    const kafka::publish_header& header = batch.headers[from.headers_begin + i];
    to.headers += batch.bytes(header.name);
    to.headers += '=';
    to.headers += header.null_value ? "null" : batch.bytes(header.value);
    to.headers += ',';
  }
}

bool fake_producer::flush(std::chrono::steady_clock::time_point) {
  report();
  return true;
}

std::vector<std::string> fake_producer::values() const {
  std::vector<std::string> values;
  for (const record& r : waiting_)
    values.push_back(r.value);
  return values;
}

void fake_producer::report() {
  for (const record& r : std::exchange(waiting_, {}))
    report(r);
}

void fake_producer::report_first() {
  const record first = waiting_.at(0);
  waiting_.erase(waiting_.begin());
  report(first);
}

void fake_producer::report(const record& r) {
  ++count_.reported;
  const std::int64_t offset = ends_[{r.topic, r.partition}]++;
  kafka::publish_item& item = r.batch->items[r.item];
  if (item.settle() && item.receipt)
    r.batch->sink->on_published(r.batch->in_flight, r.item,
                                {r.partition, offset, r.timestamp});
  r.batch->one_reported();
}

void fake_producer::fail(const kafka::failure& why, bool maybe_written) {
  for (const record& r : std::exchange(waiting_, {}))
    fail(r, why, maybe_written);
}

void fake_producer::fail(const record& r, const kafka::failure& why,
                         bool maybe_written) {
  ++count_.failed;
  if (r.batch->items[r.item].settle())
    r.batch->sink->on_publish_failed(r.batch->in_flight, r.item, why,
                                     maybe_written);
  r.batch->one_reported();
}

}  // namespace wskafka::test
