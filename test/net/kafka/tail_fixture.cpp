#include "test/net/kafka/tail_fixture.hpp"

namespace wskafka::kafka::test {

tail_fixture::tail_fixture(const config::options& options)
    : fixture(options), payer(book.open()) {
  auto made = edge().tails(log, payer);
  REQUIRE_MESSAGE(made, made.error.message);
  reader = *made.value;
}

tail_started tail_fixture::begin(const std::string& topic,
                                 std::uint32_t epoch) {
  reader->begin(topic, epoch, patience);
  auto told = log->next<tail_started>();
  REQUIRE(told.topic == topic);
  REQUIRE(told.epoch == epoch);
  return told;
}

void tail_fixture::await_turn() {
  // A topic that is not there is told by the list of topics alone.
  const std::string none = unique_name("none");
  reader->begin(none, 0, patience);
  log->all.take_if([&](const tail_event& e) {
    const auto* failed = std::get_if<tail_failed>(&e);
    return failed != nullptr && failed->topic == none;
  });
}

std::vector<net::charge> tail_fixture::stall() {
  std::vector<net::charge> held;
  while (payer->delivery_credit() > 0)
    held.emplace_back(payer, net::direction::out, payer->delivery_credit());
  return held;
}

std::vector<std::string> read(tail_fixture& f, const topic_partition& at,
                              std::size_t count, std::int64_t from,
                              std::uint32_t epoch) {
  std::vector<std::string> values;
  while (values.size() < count) {
    const auto got =
        std::get<tail_records>(f.log->all.take_if([&](const tail_event& e) {
          const auto* records = std::get_if<tail_records>(&e);
          return records != nullptr && records->what.batch->topic == at.topic &&
                 records->what.batch->partition == at.partition;
        })).what;
    REQUIRE(got.batch->fetch_epoch == epoch);
    std::size_t cost = 0;
    for (const protocol::record& r : got.batch->records) {
      REQUIRE(r.offset == from + static_cast<std::int64_t>(values.size()));
      values.emplace_back(got.batch->value(r));
      cost += protocol::record_batch::charge(r);
    }
    REQUIRE(got.held.bytes() == cost);
  }
  REQUIRE(values.size() == count);
  return values;
}

}  // namespace wskafka::kafka::test
