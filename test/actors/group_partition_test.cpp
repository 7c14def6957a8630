#include "actors/group_partition.hpp"

#include <doctest/doctest.h>

using wskafka::group_partition;

namespace {

/// Owned by 7 in epoch 3, read from 100 with fetch epoch 5, handed to 110.
group_partition owned() {
  group_partition p;
  p.start_at(100);
  p.fetch_epoch = 5;
  p.assigned = true;
  p.hand_to(7, 3);
  p.handed = 110;
  return p;
}

}  // namespace

TEST_SUITE_BEGIN("actors/group_partition");

TEST_CASE("a start stands for commit, confirmation and hand-out alike") {
  group_partition p;
  p.start_at(42);
  CHECK(p.committed == 42);
  CHECK(p.confirmed == 42);
  CHECK(p.handed == 42);
  CHECK(p.owner == 0);
}

TEST_CASE("a batch counts only with both epochs, an owner and an assignment") {
  group_partition p = owned();
  CHECK(p.accepts(5, 3));
  CHECK_FALSE(p.accepts(4, 3));
  CHECK_FALSE(p.accepts(5, 2));
  SUBCASE("not while it is given back") {
    p.draining = true;
    CHECK_FALSE(p.accepts(5, 3));
  }
  SUBCASE("not when it is only remembered") {
    p.assigned = false;
    CHECK_FALSE(p.accepts(5, 3));
  }
  SUBCASE("not for nobody") {
    p.owner = 0;
    CHECK_FALSE(p.accepts(5, 3));
  }
}

TEST_CASE("a confirmation moves forward, within what was handed out") {
  group_partition p = owned();
  CHECK(p.confirm(7, 3, 105));
  CHECK(p.confirmed == 105);
  CHECK_FALSE(p.confirm(7, 3, 105));
  CHECK_FALSE(p.confirm(7, 3, 101));
  CHECK_FALSE(p.confirm(7, 3, 111));
  CHECK(p.confirmed == 105);
  CHECK(p.confirm(7, 3, 110));
}

TEST_CASE("a confirmation of another owner or owner epoch changes nothing") {
  group_partition p = owned();
  CHECK_FALSE(p.confirm(8, 3, 105));
  CHECK_FALSE(p.confirm(7, 2, 105));
  CHECK(p.confirmed == 100);
}

TEST_CASE("what was handed out and not sent goes back") {
  group_partition p = owned();
  p.draining = true;
  p.give_back(104);
  CHECK(p.handed == 104);
  CHECK_FALSE(p.drained());
  CHECK(p.confirm(7, 3, 104));
  CHECK(p.drained());
}

TEST_CASE("an answer cannot say more was sent than was handed out") {
  group_partition p = owned();
  p.give_back(200);
  CHECK(p.handed == 110);
}

TEST_CASE("an answer cannot take back what was confirmed") {
  group_partition p = owned();
  CHECK(p.confirm(7, 3, 108));
  p.give_back(100);
  CHECK(p.handed == 108);
  CHECK(p.drained());
}

TEST_CASE("a new owner starts at the first record that is not confirmed") {
  group_partition p = owned();
  CHECK(p.confirm(7, 3, 106));
  p.draining = true;
  p.give_back(110);
  p.hand_to(9, 4);
  CHECK(p.handed == 106);
  CHECK_FALSE(p.draining);
  CHECK_FALSE(p.given_back);
  CHECK_FALSE(p.confirm(7, 3, 110));
}

TEST_CASE("an owner that keeps it goes on behind what was sent") {
  group_partition p = owned();
  p.draining = true;
  p.give_back(107);
  p.keep();
  CHECK(p.owner == 7);
  CHECK(p.owner_epoch == 3);
  CHECK(p.handed == 107);
  CHECK(p.confirm(7, 3, 107));
}

TEST_SUITE_END();
