#include "actors/mq_buffer.hpp"

#include <doctest/doctest.h>

#include <chrono>

using std::chrono::milliseconds;

namespace {

struct item {
  std::size_t count = 1;
  std::size_t messages() const { return count; }
};

using buffer = wskafka::mq_buffer<item>;

}  // namespace

TEST_SUITE_BEGIN("actors/mq_buffer");

TEST_CASE("the first item arms, later ones wait, the limit flushes") {
  buffer b(3, milliseconds(50));
  CHECK(b.add({}) == buffer::next::arm);
  CHECK(b.add({}) == buffer::next::wait);
  CHECK(b.add({}) == buffer::next::flush);
}

TEST_CASE("the limit counts messages, not items") {
  buffer b(3, milliseconds(50));
  CHECK(b.add({2}) == buffer::next::arm);
  CHECK(b.messages() == 2);
  CHECK(b.add({5}) == buffer::next::flush);
  CHECK(b.messages() == 7);
}

TEST_CASE("one item that reaches the limit flushes at once") {
  buffer b(3, milliseconds(50));
  CHECK(b.add({3}) == buffer::next::flush);
}

TEST_CASE("without an interval everything flushes at once") {
  buffer b(1000, std::nullopt);
  CHECK(b.add({}) == buffer::next::flush);
  CHECK(b.add({}) == buffer::next::flush);
}

TEST_CASE("a tick is due only for what it was armed for") {
  buffer b(3, milliseconds(50));
  b.add({});
  const auto armed = b.generation();
  CHECK(b.due(armed));
  CHECK(b.take().size() == 1);
  CHECK_FALSE(b.due(armed));
  CHECK(b.add({}) == buffer::next::arm);
  CHECK_FALSE(b.due(armed));
  CHECK(b.due(b.generation()));
}

TEST_CASE("a tick for an empty buffer is not due") {
  buffer b(3, milliseconds(50));
  CHECK_FALSE(b.due(b.generation()));
}

TEST_CASE("take gives everything in order and leaves nothing") {
  buffer b(10, milliseconds(50));
  b.add({1});
  b.add({2});
  b.add({3});
  const auto all = b.take();
  REQUIRE(all.size() == 3);
  CHECK(all[0].count == 1);
  CHECK(all[2].count == 3);
  CHECK(b.empty());
  CHECK(b.messages() == 0);
}

TEST_CASE("what is dropped does not count any more") {
  buffer b(10, milliseconds(50));
  b.add({1});
  b.add({2});
  b.add({4});
  b.drop_if([](const item& i) { return i.count == 2; });
  CHECK(b.messages() == 5);
  CHECK(b.take().size() == 2);
}

TEST_SUITE_END();
