#pragma once

#include "test/net/kafka/edge_fixture.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

/// What the tests of the tails share.
namespace wskafka::kafka::test {

class tail_events : public tail_listener {
 public:
  void on_event(tail_event event) override { all.add(std::move(event)); }

  template <class T>
  T next() {
    return std::get<T>(all.take_if(
        [](const tail_event& e) { return std::holds_alternative<T>(e); }));
  }

  arrivals<tail_event> all;
};

/// An edge, and a reader of tails with an account that pays.
struct tail_fixture : fixture {
  explicit tail_fixture(const config::options& options = test_options());

  /// Begins, and returns when it was told as started.
  tail_started begin(const std::string& topic, std::uint32_t epoch);

  /// Everything that was told to the reader before is carried out.
  void await_turn();

  /// Takes all credit of the payer.
  std::vector<net::charge> stall();

  std::shared_ptr<tail_events> log = std::make_shared<tail_events>();
  std::shared_ptr<net::account> payer;
  std::shared_ptr<tail_reader> reader;
};

/// The values of so many records of one partition, which must carry on at
/// `from` without a hole, under this epoch.
std::vector<std::string> read(tail_fixture& f, const topic_partition& at,
                              std::size_t count, std::int64_t from,
                              std::uint32_t epoch);

}  // namespace wskafka::kafka::test
