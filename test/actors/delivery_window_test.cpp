#include "test/actors/connection_talk.hpp"

#include <doctest/doctest.h>

using namespace wskafka;
using std::chrono::milliseconds;
using test::delivered;
using test::json;
using kind = control_request::kind;
using strings = std::vector<std::string>;

namespace {

/// A member that has said how it wants its records.
struct window_talk : test::connection_talk {
  std::uint64_t subscribe_with(const delivery_mode& mode) {
    control_request r = request(kind::subscribe, "100", {"a"});
    r.mode = mode;
    ask({std::move(r)});
    const join_group join = joined();
    acks = join.acks;
    tell(subscription_ready{join.subscription});
    w.sockets.take_one(1);
    w.inbound.clear();
    number = join.subscription;
    return number;
  }
  void deliver_values(std::int64_t first, const strings& values) {
    deliver_records(delivered(w.open(1), "a", first, values, number, 9));
  }
  /// A later subscribe of the same group.
  void subscribe_again(const delivery_mode& mode) {
    control_request r = request(kind::subscribe, "101", {"a"});
    r.mode = mode;
    ask({std::move(r)});
    number = joined().subscription;
    tell(subscription_ready{number});
    w.sockets.take_one(1);
  }
  void deliver_anew(std::int64_t first, const strings& values) {
    deliver_records(delivered(w.open(1), "a", first, values, number, 10));
  }
  void move_away() { tell(partitions_moved{number, {{"a", 0}}}); }
  void ack(std::int64_t offset, std::int32_t partition = 0) {
    control_burst burst;
    burst.acks.push_back({{"a", partition}, offset});
    tell(std::move(burst));
  }
  /// The values of each frame that came.
  std::vector<strings> frames() {
    std::vector<strings> all;
    for (const json& frame : w.sockets.take(1)) {
      all.emplace_back();
      for (const json& element : frame)
        all.back().push_back(element.at("p"));
    }
    return all;
  }
  /// The position that the group was told; -1: none.
  std::int64_t told() {
    const auto all = w.inbound.take<positions_confirmed>();
    return all.empty() ? -1 : all.back().positions.at(0).offset;
  }

  std::uint64_t number = 0;
  bool acks = false;
};

using frame_list = std::vector<strings>;

delivery_mode with_window(std::size_t window, bool ack = false) {
  delivery_mode mode;
  mode.window = window;
  mode.ack = ack;
  return mode;
}

}  // namespace

TEST_SUITE_BEGIN("actors/connection/window");

TEST_CASE_FIXTURE(window_talk, "no more than the window is out") {
  subscribe_with(with_window(2));
  CHECK_FALSE(acks);
  deliver_values(0, {"0", "1", "2", "3", "4"});
  CHECK(frames() == frame_list{{"0", "1"}});
  deliver_values(5, {"5"});
  CHECK(frames().empty());
  peer_confirms(w.sockets.confirmable(1));
  CHECK(told() == 2);
  CHECK(frames() == frame_list{{"2", "3"}});
  peer_confirms(w.sockets.confirmable(1));
  CHECK(frames() == frame_list{{"4", "5"}});
  peer_confirms(w.sockets.confirmable(1));
  deliver_values(6, {"6"});
  CHECK(frames() == frame_list{{"6"}});
}

TEST_CASE_FIXTURE(window_talk, "half a window is asked to be confirmed") {
  subscribe_with(with_window(4));
  const unsigned before = w.sockets.hurried(1);
  deliver_values(0, {"0"});
  CHECK(w.sockets.hurried(1) == before);
  deliver_values(1, {"1"});
  CHECK(w.sockets.hurried(1) == before + 1);
}

TEST_CASE_FIXTURE(window_talk, "a window is kept without commits too") {
  w.options.consumer.auto_commit = false;
  subscribe_with(with_window(1));
  deliver_values(0, {"0", "1"});
  CHECK(frames() == frame_list{{"0"}});
  peer_confirms(w.sockets.confirmable(1));
  CHECK(frames() == frame_list{{"1"}});
}

TEST_CASE_FIXTURE(window_talk, "a full window is a trigger of the mq buffer") {
  w.options.consumer.mq_interval = milliseconds(60'000);
  subscribe_with(with_window(3));
  deliver_values(0, {"0", "1"});
  CHECK(frames().empty());
  deliver_values(2, {"2", "3"});
  CHECK(frames() == frame_list{{"0", "1", "2"}});
  w.advance(milliseconds(61'000));
  CHECK(frames().empty());
}

TEST_CASE_FIXTURE(window_talk, "acks confirm, pongs do not") {
  subscribe_with(with_window(0, true));
  CHECK(acks);
  deliver_values(0, {"0", "1", "2"});
  CHECK(frames() == frame_list{{"0", "1", "2"}});
  CHECK(w.sockets.confirmable(1) == 0);
  ack(1);
  CHECK(told() == 2);
  SUBCASE("not twice") {
    ack(1);
    ack(0);
    CHECK(told() == -1);
    CHECK(w.count.ignored_confirmations == 2);
  }
  SUBCASE("not what was not sent") {
    ack(3);
    ack(0, 1);
    CHECK(told() == -1);
    CHECK(w.count.ignored_confirmations == 2);
  }
  ack(2);
  const auto all = w.inbound.take<positions_confirmed>();
  REQUIRE(all.size() == 1);
  CHECK(all[0].everything);
  CHECK(all[0].positions[0].owner_epoch == 9);
}

TEST_CASE_FIXTURE(window_talk, "acks make room in the window") {
  subscribe_with(with_window(2, true));
  deliver_values(0, {"0", "1", "2", "3"});
  CHECK(frames() == frame_list{{"0", "1"}});
  ack(0);
  CHECK(frames() == frame_list{{"2"}});
  ack(2);
  CHECK(frames() == frame_list{{"3"}});
}

TEST_CASE_FIXTURE(window_talk,
                  "skipped records are confirmed with the others") {
  w.options.websocket.max_record_out = 200;
  subscribe_with(with_window(1, true));
  deliver_values(0, {"0", std::string(300, 'x'), "2"});
  CHECK(frames() == frame_list{{"0"}});
  ack(0);
  CHECK(told() == 1);
  CHECK(frames() == frame_list{{"2"}});
  // Behind the last one, too.
  deliver_values(3, {std::string(300, 'x')});
  ack(2);
  CHECK(told() == 3);
}

TEST_CASE_FIXTURE(window_talk, "who owes an ack for too long is closed") {
  w.options.consumer.ack_timeout = milliseconds(1000);
  subscribe_with(with_window(0, true));
  deliver_values(0, {"0", "1"});
  w.advance(milliseconds(900));
  ack(0);
  w.advance(milliseconds(900));
  CHECK(w.sockets.closed(1).empty());
  SUBCASE("not who has acknowledged") {
    ack(1);
    w.advance(milliseconds(5000));
    CHECK(w.sockets.closed(1).empty());
    // From then on it counts anew.
    deliver_values(2, {"2"});
    w.advance(milliseconds(900));
    CHECK(w.sockets.closed(1).empty());
  }
  w.advance(milliseconds(1100));
  CHECK(w.sockets.closed(1) ==
        std::vector<ws::close_reason>{ws::close_reason::slow});
}

TEST_CASE_FIXTURE(window_talk, "a partition that moves uses no window") {
  subscribe_with(with_window(2, true));
  deliver_values(0, {"0", "1"});
  frames();
  move_away();
  deliver_anew(7, {"7"});
  CHECK(frames() == frame_list{{"7"}});
}

TEST_CASE_FIXTURE(window_talk, "one that a rebalance returns still uses it") {
  subscribe_with(with_window(2, true));
  deliver_values(0, {"0", "1"});
  take_back order;
  order.subscription = number;
  order.partitions = {{"a", 0}};
  tell(std::move(order));
  CHECK(w.inbound.take_one<gave_back>().positions.at(0).offset == 2);
  frames();
  deliver_values(2, {"2"});
  CHECK(frames().empty());
  ack(0);
  CHECK(told() == 1);
  CHECK(frames() == frame_list{{"2"}});
}

TEST_CASE_FIXTURE(window_talk, "a partition that comes back is acked anew") {
  std::size_t window = 0;
  SUBCASE("without a window") {}
  SUBCASE("with one") {
    window = 3;
  }
  subscribe_with(with_window(window, true));
  deliver_values(0, {"0", "1", "2"});
  frames();
  bool hears = true;
  SUBCASE("that is told to be gone") {}
  SUBCASE("of another owner epoch") {
    hears = false;
  }
  ack(2);
  CHECK(told() == 3);
  if (hears)
    move_away();
  deliver_anew(0, {"0", "1", "2", "3"});
  const auto first = frames();
  REQUIRE(first.size() == 1);
  ack(1);
  const auto all = w.inbound.take<positions_confirmed>();
  REQUIRE(all.size() == 1);
  CHECK(all[0].positions.at(0).offset == 2);
  CHECK(all[0].positions.at(0).owner_epoch == 10);
  CHECK_FALSE(all[0].everything);
  CHECK(frames().size() == (window == 0 ? 0 : 1));
}

TEST_CASE_FIXTURE(window_talk, "no ack is owed for what is another's") {
  w.options.consumer.ack_timeout = milliseconds(1000);
  subscribe_with(with_window(0, true));
  deliver_values(0, {"0", "1"});
  move_away();
  ack(1);
  CHECK(told() == -1);
  w.advance(milliseconds(5000));
  CHECK(w.sockets.closed(1).empty());
  deliver_anew(0, {"0"});
  w.advance(milliseconds(1001));
  CHECK(w.sockets.closed(1).size() == 1);
}

TEST_CASE_FIXTURE(window_talk, "a window that begins finds what is out") {
  subscribe_with(with_window(0, true));
  deliver_values(10, {"10", "11", "12"});
  frames();
  subscribe_again(with_window(4, true));
  deliver_values(13, {"13", "14", "15"});
  CHECK(frames() == frame_list{{"13"}});
  ack(10);
  CHECK(frames() == frame_list{{"14"}});
  ack(13);
  CHECK(frames() == frame_list{{"15"}});
  SUBCASE("more than it has places") {
    subscribe_again(with_window(0, true));
    deliver_values(16, {"16", "17", "18", "19"});
    frames();
    subscribe_again(with_window(2, true));
    deliver_values(20, {"20", "21"});
    subscribe_again(with_window(3, true));
    ack(16);
    CHECK(frames().empty());
    ack(18);
    CHECK(frames() == frame_list{{"20", "21"}});
  }
}

TEST_CASE_FIXTURE(window_talk, "pongs confirm what acks did not") {
  w.options.consumer.ack_timeout = milliseconds(1000);
  subscribe_with(with_window(0, true));
  deliver_values(0, {"0"});
  frames();
  CHECK(w.sockets.confirmable(1) == 0);
  subscribe_again(with_window(1));
  deliver_values(1, {"1"});
  CHECK(frames().empty());
  peer_confirms(w.sockets.confirmable(1));
  CHECK(told() == 1);
  CHECK(frames() == frame_list{{"1"}});
  // Nor the other way round.
  subscribe_again(with_window(1, true));
  deliver_values(2, {"2"});
  CHECK(frames().empty());
  peer_confirms(w.sockets.confirmable(1));
  CHECK(frames() == frame_list{{"2"}});
  ack(2);
  w.advance(milliseconds(5000));
  CHECK(w.sockets.closed(1).empty());
}

TEST_CASE_FIXTURE(window_talk, "what waits goes on when one moves away") {
  subscribe_with(with_window(2, true));
  deliver_values(0, {"0", "1"});
  auto other = delivered(w.open(1), "a", 7, {"7"}, number, 9);
  auto batch = std::make_shared<protocol::record_batch>(*other.batch);
  batch->partition = 1;
  other.batch = std::move(batch);
  deliver_records(std::move(other));
  CHECK(frames() == frame_list{{"0", "1"}});
  move_away();
  CHECK(frames() == frame_list{{"7"}});
}

TEST_CASE_FIXTURE(window_talk, "places that a frame sets free are used") {
  subscribe_with(with_window(3, true));
  deliver_values(0, {"0", "1"});
  deliver_records(delivered(w.open(1), "a", 7, {"7"}, number, 9, 1));
  frames();
  // The log was cut: what was sent of it is owed no more.
  auto gap = delivered(w.open(1), "a", 2, {""}, number, 10);
  auto cut = std::make_shared<protocol::record_batch>(*gap.batch);
  cut->gap = protocol::gap_end{0, "truncated"};
  gap.batch = std::move(cut);
  deliver_records(std::move(gap));
  deliver_anew(0, {"0", "1", "2", "3"});
  CHECK(frames().empty());
  ack(7, 1);
  CHECK(frames() == frame_list{{"0"}, {"1", "2"}});
  ack(0);
  CHECK(frames() == frame_list{{"3"}});
}

TEST_CASE_FIXTURE(window_talk, "an ack does not cut the interval short") {
  w.options.consumer.mq_interval = milliseconds(100);
  subscribe_with(with_window(10, true));
  deliver_values(0, {"0"});
  w.advance(milliseconds(101));
  CHECK(frames() == frame_list{{"0"}});
  deliver_values(1, {"1"});
  ack(0);
  CHECK(frames().empty());
  w.advance(milliseconds(101));
  CHECK(frames() == frame_list{{"1"}});
}

TEST_CASE_FIXTURE(window_talk, "triggers of its own, within the server's") {
  w.options.consumer.mq_interval = milliseconds(100);
  w.options.consumer.mq_limit = 5;
  delivery_mode mode;
  SUBCASE("a limit") {
    mode.flush_limit = 2;
    subscribe_with(mode);
    deliver_values(0, {"0", "1", "2"});
    CHECK(frames() == frame_list{{"0", "1"}});
    w.advance(milliseconds(101));
    CHECK(frames() == frame_list{{"2"}});
  }
  SUBCASE("an interval") {
    mode.flush_interval = milliseconds(10);
    subscribe_with(mode);
    deliver_values(0, {"0"});
    w.advance(milliseconds(11));
    CHECK(frames() == frame_list{{"0"}});
  }
  SUBCASE("not beyond them") {
    mode.flush_limit = 1000;
    mode.flush_interval = milliseconds(1000);
    subscribe_with(mode);
    deliver_values(0, {"0", "1", "2", "3", "4", "5"});
    CHECK(frames().size() == 1);
    w.advance(milliseconds(101));
    CHECK(frames() == frame_list{{"5"}});
  }
}

TEST_SUITE_END();
