#include "test/support/fake_history.hpp"

#include "test/support/record_values.hpp"

namespace wskafka::test {

void fake_history::read::tell_records(std::int32_t partition,
                                      std::int64_t begin, std::int64_t end) {
  const std::string& topic = from.front().at.topic;
  std::vector<std::string> values;
  for (std::int64_t offset = begin; offset < end; ++offset)
    values.push_back(topic + '/' + std::to_string(partition) + '/' +
                     std::to_string(offset));
  auto [batch, bytes] = batch_of(topic, partition, begin, values);
  net::charge held(payer, net::direction::out, bytes);
  tell(kafka::history_records{{std::move(batch), 0, std::move(held)}});
}

kafka::result<std::shared_ptr<kafka::history_read>> fake_history::begin(
    std::vector<kafka::position> from,
    std::shared_ptr<kafka::history_listener> events,
    std::shared_ptr<net::account> payer) {
  if (refused) {
    ++refusals;
    return {std::nullopt, *refused};
  }
  auto one = std::make_shared<read>();
  one->from = std::move(from);
  one->events = std::move(events);
  one->payer = std::move(payer);
  reads.push_back(one);
  return {std::shared_ptr<kafka::history_read>(one), {}};
}

}  // namespace wskafka::test
