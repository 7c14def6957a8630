#include "actors/delivery_writer.hpp"

#include "test/actors/delivering.hpp"
#include "test/support/actor_world.hpp"

#include <doctest/doctest.h>

using namespace wskafka;
using test::delivered;
using test::json;
using next = delivery_writer::next;

namespace {

struct writing {
  writing() { w.options.consumer.mq_limit = 3; }

  delivery_writer& writer() {
    if (!made)
      made = std::make_unique<delivery_writer>(w.shared, w.open(1));
    return *made;
  }
  std::vector<ws::text> flush(bool all = true) {
    return writer().flush(1, all);
  }

  test::actor_world w;
  std::unique_ptr<delivery_writer> made;
};

std::vector<std::string> values(const ws::text& frame) {
  std::vector<std::string> found;
  for (const json& element : json::parse(frame.payload))
    found.push_back(element.at("p"));
  return found;
}

std::int64_t end_of(const std::vector<owned_position>& ends,
                    const std::string& topic) {
  for (const owned_position& end : ends)
    if (end.at.topic == topic)
      return end.offset;
  return -1;
}

using strings = std::vector<std::string>;

}  // namespace

TEST_SUITE_BEGIN("actors/delivery_writer");

TEST_CASE_FIXTURE(writing, "one record is an array of one") {
  CHECK(writer().add(delivered(w.open(1), "t", 5, {"hello"})) == next::arm);
  const auto frames = flush();
  REQUIRE(frames.size() == 1);
  const json element = json::parse(frames[0].payload).at(0);
  CHECK(element.at("t") == "notif");
  CHECK(element.at("p") == "hello");
  CHECK(element.at("id").is_number_unsigned());
}

TEST_CASE_FIXTURE(writing, "frames hold exactly the limit, however polled") {
  CHECK(writer().add(delivered(w.open(1), "t", 0, {"a"})) == next::arm);
  CHECK(writer().add(delivered(w.open(1), "t", 1,
                               {"b", "c", "d", "e", "f", "g"})) == next::flush);
  const auto frames = flush(false);
  REQUIRE(frames.size() == 2);
  CHECK(values(frames[0]) == strings{"a", "b", "c"});
  CHECK(values(frames[1]) == strings{"d", "e", "f"});
  CHECK(writer().buffered() == 1);
  CHECK(end_of(writer().sent(), "t") == 6);
  const auto rest = flush();
  REQUIRE(rest.size() == 1);
  CHECK(values(rest[0]) == strings{"g"});
  CHECK(end_of(writer().sent(), "t") == 7);
}

TEST_CASE_FIXTURE(writing, "what is kept is charged for itself alone") {
  writer().add(
      delivered(w.open(1), "t", 0, {std::string(9000, 'x'), "b", "c", "rest"}));
  CHECK(w.book.held(net::direction::out) > 9000);
  flush(false);  // The frames, and their charges, are dropped here.
  CHECK(w.book.held(net::direction::out) == 4 + 200);
}

TEST_CASE_FIXTURE(writing, "a frame ends before its size is beyond the limit") {
  w.options.consumer.mq_limit = 1000;
  w.options.websocket.max_frame_out = 300;
  writer().add(delivered(w.open(1), "t", 0,
                         {std::string(100, 'a'), std::string(100, 'b'),
                          std::string(100, 'c'), std::string(100, 'd')}));
  const auto frames = flush();
  REQUIRE(frames.size() == 2);
  for (const ws::text& frame : frames) {
    CHECK(frame.payload.size() <= 300);
    CHECK(values(frame).size() == 2);
  }
  // Each confirms what is in it, not what follows.
  const auto first = writer().confirm(frames[0].confirm);
  REQUIRE(first.size() == 1);
  CHECK(end_of(first[0].positions, "t") == 2);
  const auto second = writer().confirm(frames[1].confirm);
  REQUIRE(second.size() == 1);
  CHECK(end_of(second[0].positions, "t") == 4);
}

TEST_CASE_FIXTURE(writing, "a record larger than a frame goes alone") {
  w.options.websocket.max_frame_out = 300;
  writer().add(
      delivered(w.open(1), "t", 0, {"a", std::string(1000, 'b'), "c"}));
  const auto frames = flush();
  REQUIRE(frames.size() == 3);
  CHECK(values(frames[0]) == strings{"a"});
  CHECK(values(frames[1]) == strings{std::string(1000, 'b')});
  CHECK(values(frames[2]) == strings{"c"});
}

TEST_CASE_FIXTURE(writing, "an oversized record is skipped, counted, passed") {
  w.options.websocket.max_record_out = 500;
  writer().add(
      delivered(w.open(1), "t", 0, {"a", std::string(1000, 'b'), "c"}));
  const auto frames = flush();
  REQUIRE(frames.size() == 1);
  CHECK(values(frames[0]) == strings{"a", "c"});
  CHECK(w.count.oversized_records == 1);
  CHECK(w.count.delivered == 2);
}

TEST_CASE_FIXTURE(writing, "skipped records alone are confirmed past") {
  w.options.websocket.max_record_out = 500;
  writer().add(delivered(w.open(1), "t", 7, {std::string(1000, 'b')}));
  const auto frames = flush();
  REQUIRE(frames.size() == 1);
  CHECK(frames[0].payload.empty());
  const auto confirmed = writer().confirm(frames[0].confirm);
  REQUIRE(confirmed.size() == 1);
  CHECK(end_of(confirmed[0].positions, "t") == 8);
}

TEST_CASE_FIXTURE(writing, "a gap is confirmed past, told who asked or not") {
  const auto gap = [](std::int64_t from, std::int64_t to) {
    auto batch = std::make_shared<protocol::record_batch>();
    batch->topic = "t";
    batch->records.resize(1);
    batch->records.back().offset = from;
    batch->gap = protocol::gap_end{to, "retention"};
    delivery told;
    told.batch = std::move(batch);
    return told;
  };
  delivery_mode mode;
  SUBCASE("asked") {
    mode.gaps = true;
  }
  SUBCASE("not asked") {}
  writer().set_mode(mode, 1);
  writer().add(delivered(w.open(1), "t", 0, {"a"}));
  writer().add(gap(1, 50));
  writer().add(delivered(w.open(1), "t", 50, {"b"}));
  auto frames = flush();
  REQUIRE(frames.size() == (mode.gaps ? 3 : 1));
  if (mode.gaps)
    CHECK(frames[1].payload ==
          R"({"t":"event","a":"gap","p":{"topic":"t","partition":0,)"
          R"("from":1,"to":50,"reason":"retention"}})");
  else
    CHECK(values(frames[0]) == strings{"a", "b"});
  CHECK(w.count.oversized_records == 0);
  writer().add(gap(51, 60));
  frames = flush();
  REQUIRE(frames.size() == 1);
  const auto confirmed = writer().confirm(frames[0].confirm);
  CHECK(end_of(confirmed.back().positions, "t") == 60);
}

TEST_CASE_FIXTURE(writing, "behind a gap backwards acks are of what follows") {
  delivery_mode mode;
  mode.ack = true;
  writer().set_mode(mode, 1);
  const kafka::topic_partition at{"t", 0};
  writer().add(delivered(w.open(1), "t", 98, {"a", "b"}));
  flush();
  REQUIRE(writer().acknowledge(at, 99));
  auto batch = std::make_shared<protocol::record_batch>();
  batch->topic = "t";
  batch->records.resize(1);
  batch->records.back().offset = 100;
  batch->gap = protocol::gap_end{0, "truncated"};
  delivery told;
  told.batch = std::move(batch);
  writer().add(std::move(told));
  writer().add(delivered(w.open(1), "t", 0, {"c", "d"}));
  flush();
  CHECK_FALSE(writer().acknowledge(at, 99));
  const auto position = writer().acknowledge(at, 0);
  REQUIRE(position);
  CHECK(position->offset == 1);
}

TEST_CASE_FIXTURE(writing, "a skipped record right behind a full frame") {
  w.options.websocket.max_frame_out = 300;
  w.options.websocket.max_record_out = 500;
  writer().add(delivered(w.open(1), "t", 0,
                         {std::string(400, 'a'), std::string(1000, 'b'), "c"}));
  const auto frames = flush();
  REQUIRE(frames.size() == 2);
  CHECK(values(frames[0]) == strings{std::string(400, 'a')});
  CHECK(values(frames[1]) == strings{"c"});
  CHECK(end_of(writer().sent(), "t") == 3);
}

TEST_CASE_FIXTURE(writing, "without confirmation nothing is logged") {
  w.options.consumer.auto_commit = false;
  writer().add(delivered(w.open(1), "t", 0, {"a"}));
  const auto frames = writer().flush(1, true);
  REQUIRE(frames.size() == 1);
  CHECK(frames[0].confirm == 0);
  CHECK(writer().unconfirmed_frames() == 0);
  CHECK(end_of(writer().sent(), "t") == 1);
}

TEST_CASE_FIXTURE(writing, "the log is bounded, and loses nothing by it") {
  std::uint64_t last = 0;
  for (int i = 0; i < 10'000; ++i) {
    writer().add(delivered(w.open(1), i % 2 ? "odd" : "even", i, {"x"}));
    last = flush().at(0).confirm;
  }
  CHECK(writer().unconfirmed_frames() <= 4096);
  std::int64_t odd = 0;
  std::int64_t even = 0;
  for (const auto& confirmed : writer().confirm(last)) {
    odd = std::max(odd, end_of(confirmed.positions, "odd"));
    even = std::max(even, end_of(confirmed.positions, "even"));
  }
  CHECK(odd == 10'000);
  CHECK(even == 9'999);
  CHECK(writer().unconfirmed_frames() == 0);
}

TEST_CASE_FIXTURE(writing, "confirmations name the membership they are of") {
  writer().add(delivered(w.open(1), "t", 0, {"a"}));
  writer().flush(1, true);
  writer().begin_membership();
  writer().add(delivered(w.open(1), "u", 0, {"b"}, 2, 2));
  const auto frames = writer().flush(2, true);
  CHECK(writer().sent().size() == 1);
  const auto confirmed = writer().confirm(frames.at(0).confirm);
  REQUIRE(confirmed.size() == 2);
  CHECK(confirmed[0].membership == 1);
  CHECK(confirmed[1].membership == 2);
}

TEST_CASE_FIXTURE(writing, "dropped records count as never sent") {
  writer().add(delivered(w.open(1), "t", 0, {"a"}));
  writer().add(delivered(w.open(1), "u", 0, {"b"}));
  SUBCASE("of a partition") {
    writer().drop({{"t", 0}});
    CHECK(values(flush().at(0)) == strings{"b"});
    CHECK(writer().sent({{"t", 0}}).empty());
  }
  SUBCASE("of topics that are not wanted any more") {
    writer().keep_topics({"t"});
    CHECK(values(flush().at(0)) == strings{"a"});
    CHECK(writer().sent({{"u", 0}}).empty());
  }
  SUBCASE("all") {
    writer().drop_all();
    CHECK(writer().empty());
    CHECK(writer().sent().empty());
  }
}

TEST_SUITE_END();
