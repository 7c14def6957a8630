#include "net/kafka/rotation.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace wskafka::kafka;

TEST_SUITE("net/kafka/rotation") {
  TEST_CASE("each goes first in turn") {
    rotation turns;
    using order = std::vector<int>;
    const order all{1, 2, 3};
    CHECK(turns.order(all) == order{1, 2, 3});
    CHECK(turns.order(all) == order{2, 3, 1});
    CHECK(turns.order(all) == order{3, 1, 2});
    CHECK(turns.order(all) == order{1, 2, 3});
    CHECK(turns.order(order{}).empty());
    CHECK(turns.order(order{7}) == order{7});
  }
}
