#include "net/ws/connection_table.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <vector>

using namespace wskafka::ws;

TEST_SUITE("net/ws/connection_table") {
  TEST_CASE("a connection is found until it is removed") {
    connection_table<int> table(3);
    const connection_ref a = table.add(1, 10);
    const connection_ref b = table.add(2, 20);
    CHECK(a.shard == 3);
    REQUIRE(table.find(a));
    CHECK(*table.find(a) == 10);
    CHECK(*table.find(b) == 20);
    CHECK(table.size() == 2);
    CHECK(table.remove(a) == 10);
    CHECK(table.find(a) == nullptr);
    CHECK(table.remove(a) == 0);
    CHECK(table.size() == 1);
  }

  TEST_CASE("an old reference does not find who has its slot now") {
    connection_table<int> table(0);
    const connection_ref a = table.add(1, 10);
    table.remove(a);
    const connection_ref b = table.add(2, 20);
    CHECK(b.slot == a.slot);
    CHECK(table.find(a) == nullptr);
    CHECK(*table.find(b) == 20);
  }

  TEST_CASE("made-up references find nothing") {
    connection_table<int> table(0);
    table.remove(table.add(1, 10));
    CHECK(table.find({0, 0, 0}) == nullptr);
    CHECK(table.find({1, 77, 0}) == nullptr);
  }

  TEST_CASE("what is removed is let go of") {
    connection_table<std::shared_ptr<int>> table(0);
    auto value = std::make_shared<int>(1);
    const connection_ref a = table.add(1, value);
    table.remove(a);
    CHECK(value.use_count() == 1);
  }

  TEST_CASE("all are visited, also when a visit removes") {
    connection_table<int> table(0);
    std::vector<connection_ref> refs;
    for (int i = 1; i <= 5; ++i)
      refs.push_back(table.add(static_cast<std::uint64_t>(i), i));
    int sum = 0;
    table.for_each([&](int value) {
      sum += value;
      table.remove(refs[static_cast<std::size_t>(value - 1)]);
    });
    CHECK(sum == 15);
    CHECK(table.size() == 0);
  }
}
