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
  r.batch = &batch;
  r.item = item;
  if (refused_)
    fail(r, *refused_, false);
  else
    waiting_.push_back(std::move(r));
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
  for (const record& r : std::exchange(waiting_, {})) {
    ++count_.reported;
    r.batch->items[r.item].settle();
    r.batch->one_reported();
  }
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
