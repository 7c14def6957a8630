#include "actors/publish_buffers.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <optional>

using std::chrono::milliseconds;
using wskafka::publish_buffer;
using wskafka::publish_buffers;
using wskafka::time_point;

namespace {

struct publish_buffers_talk {
  publish_buffers& talk() {
    if (!all)
      all.emplace(options);
    return *all;
  }

  /// A frame of so many records of so many bytes; true: it is to go.
  bool frame(publish_buffer& to, std::size_t records = 1,
             std::size_t bytes = 0) {
    for (std::size_t i = 0; i < records; ++i) {
      wskafka::kafka::publish_batch& batch = talk().open(to, now);
      batch.items.emplace_back();
      batch.arena.append(bytes, 'x');
    }
    return talk().frame_ends(to);
  }

  wskafka::config::producer_options options;
  std::optional<publish_buffers> all;
  time_point now{};
  publish_buffer a;
  publish_buffer b;
  publish_buffer c;
};

}  // namespace

TEST_SUITE_BEGIN("actors/publish_buffers");

TEST_CASE_FIXTURE(publish_buffers_talk, "due is the interval after the first") {
  CHECK_FALSE(talk().first_due());
  CHECK(talk().next_due(now) == nullptr);
  frame(a);
  now += milliseconds(100);
  frame(a);
  CHECK(talk().first_due() == now + milliseconds(100));
  CHECK(talk().next_due(now + milliseconds(99)) == nullptr);
  now += milliseconds(100);
  CHECK(talk().next_due(now) == &a);
  CHECK(talk().take(a).size() == 1);
  CHECK(talk().next_due(now) == nullptr);
  CHECK_FALSE(talk().first_due());
}

TEST_CASE_FIXTURE(publish_buffers_talk, "who is due soon goes along") {
  frame(a);
  now += milliseconds(20);
  frame(b);
  now += milliseconds(1);
  frame(c);
  now += milliseconds(178);
  CHECK(talk().next_due(now) == nullptr);
  now += milliseconds(1);
  REQUIRE(talk().next_due(now) == &a);
  talk().take(a);
  REQUIRE(talk().next_due(now) == &b);
  talk().take(b);
  CHECK(talk().next_due(now) == nullptr);
  CHECK(talk().first_due() == now + milliseconds(21));
}

TEST_CASE_FIXTURE(publish_buffers_talk, "a short interval gathers less") {
  options.mq_interval = milliseconds(10);
  frame(a);
  now += milliseconds(2);
  frame(b);
  now += milliseconds(8);
  REQUIRE(talk().next_due(now) == &a);
  talk().take(a);
  CHECK(talk().next_due(now) == nullptr);
}

TEST_CASE_FIXTURE(publish_buffers_talk,
                  "without an interval it is due at once") {
  options.mq_interval.reset();
  now += milliseconds(1000);
  CHECK_FALSE(frame(a));
  CHECK(talk().next_due(now) == &a);
  // A batch that is full need not wait for the burst's end.
  CHECK(frame(a, 1, 70'000));
}

TEST_CASE_FIXTURE(publish_buffers_talk,
                  "the limit counts the messages of one") {
  options.mq_limit = 3;
  CHECK_FALSE(frame(a, 2));
  CHECK_FALSE(frame(b, 2));
  CHECK(frame(a, 1));
  talk().take(a);
  CHECK_FALSE(frame(a, 2));
  CHECK(talk().messages() == 4);
}

TEST_CASE_FIXTURE(publish_buffers_talk,
                  "big batches are ended between frames") {
  CHECK_FALSE(frame(a, 1, 65'000));
  CHECK_FALSE(frame(a, 3, 40'000));
  CHECK_FALSE(frame(a));
  const auto batches = talk().take(a);
  REQUIRE(batches.size() == 2);
  CHECK(batches[0]->items.size() == 4);
  CHECK(batches[1]->items.size() == 1);
  // The next begins one of its own.
  frame(a);
  CHECK(talk().take(a).at(0)->items.size() == 1);
}

TEST_SUITE_END();
