#include "net/ws/channels.hpp"
#include "test/net/ws/fake_shard.hpp"
#include "test/net/ws/test_frame.hpp"

#include <doctest/doctest.h>

#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

using namespace wskafka;
using test::fake_shard;
using test::test_frame;
using texts = std::vector<std::string>;

namespace {

/// Peers with made-up sockets, by number, and frames that one book pays for.
struct audience final : ws::channel_host {
  ws::peer* find_peer(const ws::connection_ref& ref) override {
    const auto found = shards.find(ref.ws);
    return found == shards.end() ? nullptr : &*found->second->peer;
  }
  ws::connection_ref open(std::uint64_t ws) {
    shards[ws] = std::make_unique<fake_shard>(fake_shard::settings());
    return {ws, 0, 0};
  }
  ws::shared_frame_ptr frame(const std::string& text) {
    return test_frame::make(text, book);
  }
  /// What it was sent so far.
  texts sent(std::uint64_t ws) {
    texts all;
    for (const ws::shared_frame_ptr& each : shards.at(ws)->shared)
      all.emplace_back(each->payload());
    return all;
  }
  /// Everything written is gone.
  void take(std::uint64_t ws) {
    while (!shards.at(ws)->shared.empty())
      shards.at(ws)->share_done();
  }

  net::ledger book{{1'000'000, 2'000, 1'000}, {1'000'000, 2'000, 1'000}};
  std::map<std::uint64_t, std::unique_ptr<fake_shard>> shards;
};

}  // namespace

TEST_SUITE("net/ws/channel") {
  TEST_CASE("each gets what was appended after it joined, in order") {
    audience all;
    ws::channel c;
    c.append(all.frame("before"));
    c.join(all.open(1));
    c.append(all.frame("a"));
    c.join(all.open(2));
    c.join({2, 0, 0});
    c.append(all.frame("b"));
    CHECK_FALSE(c.turn(all, 10));
    CHECK(all.sent(1) == texts{"a", "b"});
    CHECK(all.sent(2) == texts{"b"});
    CHECK(c.waiting() == 0);
  }

  TEST_CASE("frames that come together leave together, one alone at once") {
    audience all;
    ws::channel c;
    c.join(all.open(1));
    all.shards.at(1)->takes_now = 100;
    c.append(all.frame("a"));
    c.append(all.frame("b"));
    CHECK_FALSE(c.turn(all, 10));
    CHECK(all.shards.at(1)->sent_now.empty());
    CHECK(all.sent(1) == texts{"a", "b"});
    all.take(1);
    c.append(all.frame("c"));
    CHECK_FALSE(c.turn(all, 10));
    CHECK(all.shards.at(1)->sent_now == texts{"c"});
    CHECK(all.sent(1).empty());
    // So does the past that a member is brought.
    c.join(all.open(2), {0, false, true});
    all.shards.at(2)->takes_now = 100;
    c.bring(all, 2, {0, {all.frame("a"), all.frame("b")}, false});
    CHECK(all.shards.at(2)->sent_now.empty());
    CHECK(all.sent(2) == texts{"a", "b"});
  }

  TEST_CASE("a round goes on where the last turn ended") {
    audience all;
    ws::channel c;
    for (std::uint64_t ws = 1; ws <= 3; ++ws)
      c.join(all.open(ws));
    c.append(all.frame("a"));
    CHECK(c.turn(all, 2));
    CHECK(all.sent(2) == texts{"a"});
    CHECK(all.sent(3).empty());
    // Goes along with the round; who was served gets it in the next one.
    c.append(all.frame("b"));
    CHECK(c.turn(all, 2));
    CHECK(all.sent(3) == texts{"a", "b"});
    CHECK(c.turn(all, 2));
    CHECK_FALSE(c.turn(all, 2));
    for (std::uint64_t ws = 1; ws <= 3; ++ws)
      CHECK(all.sent(ws) == texts{"a", "b"});
  }

  TEST_CASE("who has no room is closed as slow, the others go on") {
    audience all;
    ws::channel c;
    for (std::uint64_t ws = 1; ws <= 3; ++ws)
      c.join(all.open(ws));
    // Credit is half of the mark, which is 2,000.
    const std::string much(700, 'x');
    c.append(all.frame(much));
    CHECK_FALSE(c.turn(all, 10));
    all.take(1);
    all.take(3);
    c.append(all.frame(much));
    CHECK_FALSE(c.turn(all, 10));
    CHECK(c.members() == 2);
    CHECK(all.shards.at(2)->ended == ws::close_code(ws::close_reason::slow));
    CHECK(all.sent(2).size() == 1);
    CHECK(all.sent(1).size() == 1);
    CHECK(all.sent(3).size() == 1);
  }

  TEST_CASE("what comes at once makes nobody slow who has taken the rest") {
    audience all;
    ws::channel c;
    c.join(all.open(1));
    const std::string much(700, 'x');
    for (int i = 0; i < 5; ++i)
      c.append(all.frame(much));
    CHECK_FALSE(c.turn(all, 10));
    CHECK(all.sent(1).size() == 5);
    // With 200 bytes untaken there is room for frames of 800.
    all.take(1);
    c.append(all.frame(std::string(200, 'y')));
    CHECK_FALSE(c.turn(all, 10));
    c.append(all.frame(much));
    c.append(all.frame(much));
    CHECK_FALSE(c.turn(all, 10));
    CHECK(all.sent(1).size() == 3);
    c.append(all.frame("z"));
    CHECK_FALSE(c.turn(all, 10));
    CHECK(c.members() == 0);
  }

  TEST_CASE("a frame larger than all credit is no slowness either") {
    audience all;
    ws::channel c;
    c.join(all.open(1));
    c.append(all.frame(std::string(5'000, 'x')));
    CHECK_FALSE(c.turn(all, 10));
    CHECK(all.sent(1).size() == 1);
    c.append(all.frame("y"));
    c.turn(all, 10);
    CHECK(c.members() == 0);
  }

  TEST_CASE("who is gone, or is being closed, is forgotten") {
    audience all;
    ws::channel c;
    c.join(all.open(1));
    c.join(all.open(2));
    all.shards.at(2)->peer->close(ws::close_reason::server);
    all.shards.erase(1);
    c.append(all.frame("a"));
    CHECK_FALSE(c.turn(all, 10));
    CHECK(c.members() == 0);
    CHECK(c.waiting() == 0);
    CHECK(all.book.held(net::direction::out) == 0);
  }

  TEST_CASE("at random: nobody loses a frame, or gets one twice") {
    std::mt19937 random(7);
    const auto up_to = [&random](unsigned most) { return random() % most; };
    audience all;
    ws::channel c;
    std::map<std::uint64_t, texts> expected;
    // What was appended since it joined and it has to be brought.
    std::map<std::uint64_t, texts> behind;
    std::uint64_t last_ws = 0;
    int number = 0;
    for (int step = 0; step < 20'000; ++step) {
      const unsigned what = up_to(10);
      if (what < 3) {
        const std::string text = std::to_string(number++);
        c.append(all.frame(text));
        for (auto& each : expected)
          each.second.push_back(text);
        for (auto& each : behind)
          each.second.push_back(text);
      } else if (what == 3 && expected.size() < 12) {
        const bool late = up_to(2) == 0;
        c.join(all.open(++last_ws), {0, false, late});
        expected[last_ws];
        if (late)
          behind[last_ws];
      } else if (what == 5 && !behind.empty()) {
        const auto who = std::next(behind.begin(), up_to(behind.size()));
        ws::catch_up past;
        for (const std::string& text : who->second)
          past.frames.push_back(all.frame(text));
        past.last = up_to(2) == 0;
        c.bring(all, who->first, past);
        who->second.clear();
        if (past.last)
          behind.erase(who);
      } else if (what == 4 && !expected.empty()) {
        auto gone = std::next(expected.begin(), up_to(expected.size()));
        c.leave(gone->first);
        // It has a part of it, in order.
        const texts got = all.sent(gone->first);
        REQUIRE(got.size() <= gone->second.size());
        REQUIRE(std::equal(got.begin(), got.end(), gone->second.begin()));
        all.shards.erase(gone->first);
        behind.erase(gone->first);
        expected.erase(gone);
      } else if (!c.turn(all, 1 + up_to(4))) {
        for (auto& [ws, texts_of] : expected) {
          const auto late = behind.find(ws);
          texts now = texts_of;
          if (late != behind.end())
            now.resize(now.size() - late->second.size());
          REQUIRE(all.sent(ws) == now);
          all.take(ws);
          texts_of.erase(
              texts_of.begin(),
              texts_of.begin() + static_cast<std::ptrdiff_t>(now.size()));
        }
        REQUIRE(c.waiting() == 0);
      }
    }
    CHECK(number > 5'000);
    CHECK(last_ws > 100);
  }

  TEST_CASE("who is behind gets what it is brought, then what follows") {
    audience all;
    ws::channel c;
    const auto late = all.open(1);
    c.join(late, {0, false, true});
    c.append(all.frame("a"));
    CHECK_FALSE(c.turn(all, 10));
    CHECK(all.sent(1).empty());
    c.bring(all, 1, {0, {all.frame("past"), all.frame("a")}, false});
    fake_shard& to = *all.shards.at(1);
    to.share_done();
    to.turn();
    CHECK(to.events.empty());
    to.share_done();
    to.turn();
    REQUIRE(to.events.size() == 1);
    CHECK(std::holds_alternative<ws::written>(to.events.front()));
    c.append(all.frame("b"));
    c.bring(all, 1, {0, {all.frame("b")}, true});
    c.append(all.frame("c"));
    CHECK_FALSE(c.turn(all, 10));
    CHECK(all.sent(1) == texts{"b", "c"});
    // It is not behind any more, or not there at all.
    c.bring(all, 1, {0, {all.frame("stray")}, true});
    c.leave(1);
    c.bring(all, 1, {0, {all.frame("stray")}, true});
    CHECK(all.sent(1) == texts{"b", "c"});
  }

  TEST_CASE("what it is brought needs no room") {
    audience all;
    ws::channel c;
    c.join(all.open(1), {0, false, true});
    const std::string much(900, 'x');
    c.bring(all, 1, {0, {all.frame(much), all.frame(much)}, false});
    CHECK(all.sent(1) == texts{much, much});
  }

  TEST_CASE("where a member stands is told, and it may stand aside") {
    audience all;
    ws::channel c(7);
    const auto ends = [](ws::partition_ends list) {
      return std::make_shared<const ws::partition_ends>(std::move(list));
    };
    ws::join_channel how;
    how.from = ends({{0, 10}, {1, 20}});
    c.join(all.open(1), how);
    c.join(all.open(2), how);
    fake_shard& one = *all.shards.at(1);
    const auto place = [&] {
      REQUIRE(one.events.size() == 1);
      auto told = std::get<ws::stands_aside>(one.events.front());
      one.events.clear();
      return told;
    };
    const auto at = [](const ws::stands_aside& told) {
      std::map<std::int32_t, std::int64_t> found;
      for (const ws::partition_end& each : told.next)
        found[each.partition] = each.offset;
      return found;
    };
    using positions = std::map<std::int32_t, std::int64_t>;

    c.stand_aside(all, {1, 0, 0}, {7, 5, true});
    auto told = place();
    CHECK(told.ref.ws == 1);
    CHECK(told.channel == 7);
    CHECK(told.request == 5);
    CHECK(told.known);
    CHECK_FALSE(told.behind);
    CHECK(at(told) == positions{{0, 10}, {1, 20}});

    c.append(all.frame("a"), false, ends({{0, 11}}));
    CHECK_FALSE(c.turn(all, 10));
    c.append(all.frame("b"), false, ends({{1, 21}}));
    // Not sent yet.
    c.stand_aside(all, {1, 0, 0}, {7, 6, false});
    told = place();
    CHECK(told.behind);
    CHECK(at(told) == positions{{0, 11}, {1, 20}});
    CHECK_FALSE(c.turn(all, 10));
    CHECK(all.sent(1) == texts{"a"});
    CHECK(all.sent(2) == texts{"a", "b"});
    one.share_done();
    one.turn();
    REQUIRE(one.events.size() == 1);
    CHECK(std::holds_alternative<ws::written>(one.events.front()));
    one.events.clear();

    // Whoever feeds it knows.
    c.stand_aside(all, {1, 0, 0}, {7, 8, false});
    CHECK_FALSE(place().known);
    c.bring(all, 1, {7, {all.frame("b")}, true});
    c.stand_aside(all, {1, 0, 0}, {7, 9, true});
    CHECK(at(place()) == positions{{0, 11}, {1, 21}});
  }

  TEST_CASE("what was brought with the last frames is passed") {
    audience all;
    ws::channel c(7);
    const auto ends = [](ws::partition_ends list) {
      return std::make_shared<const ws::partition_ends>(std::move(list));
    };
    ws::join_channel how;
    how.behind = true;
    how.from = ends({{0, 10}, {1, 20}});
    c.join(all.open(1), how);
    c.append(all.frame("a"), false, ends({{1, 25}}));
    c.append(all.frame("b"), false, ends({{1, 30}}));
    // A frame of partition 0 came before it was a member.
    c.bring(all, 1, {7, {all.frame("past")}, true, ends({{0, 15}, {1, 30}})});
    c.stand_aside(all, {1, 0, 0}, {7, 1, true});
    const auto told =
        std::get<ws::stands_aside>(all.shards.at(1)->events.at(0));
    REQUIRE(told.next.size() == 2);
    CHECK(told.next[0].offset == 15);
    CHECK(told.next[1].offset == 30);
    // Another stands where it stood.
    how.behind = false;
    c.join(all.open(2), how);
    c.append(all.frame("c"), false, ends({{0, 16}}));
    CHECK_FALSE(c.turn(all, 10));
    c.stand_aside(all, {2, 0, 0}, {7, 2, true});
    const auto other =
        std::get<ws::stands_aside>(all.shards.at(2)->events.at(0));
    CHECK(other.next.at(0).offset == 16);
  }

  TEST_CASE("what came while all stood aside is passed") {
    audience all;
    ws::channel c(7);
    const auto joins = [&](std::uint64_t ws, ws::partition_ends from) {
      ws::join_channel how;
      how.from = std::make_shared<const ws::partition_ends>(std::move(from));
      c.join(all.open(ws), how);
    };
    const auto place = [&](std::uint64_t ws) {
      c.stand_aside(all, {ws, 0, 0}, {7, 1, true});
      const auto told =
          std::get<ws::stands_aside>(all.shards.at(ws)->events.back());
      return std::vector<std::int64_t>{told.next.at(0).offset,
                                       told.next.at(1).offset};
    };
    joins(1, {{0, 10}, {1, 20}});
    c.stand_aside(all, {1, 0, 0}, {7, 1, false});
    joins(2, {{0, 3'600}, {1, 20}});
    CHECK(place(2) == std::vector<std::int64_t>{3'600, 20});
    // What it is told when it joins may be late.
    c.append(all.frame("a"), false,
             std::make_shared<const ws::partition_ends>(
                 ws::partition_ends{{1, 21}}));
    CHECK_FALSE(c.turn(all, 10));
    joins(3, {{0, 3'600}, {1, 20}});
    CHECK(place(3) == std::vector<std::int64_t>{3'600, 21});
  }

  TEST_CASE("who drops and has no room stands aside, and is not closed") {
    audience all;
    ws::channel c(7);
    ws::join_channel how;
    how.drops = true;
    how.from =
        std::make_shared<const ws::partition_ends>(ws::partition_ends{{0, 3}});
    c.join(all.open(1), how);
    const auto end = [](std::int64_t offset) {
      return std::make_shared<const ws::partition_ends>(
          ws::partition_ends{{0, offset}});
    };
    const std::string much(700, 'x');
    c.append(all.frame(much), false, end(4));
    CHECK_FALSE(c.turn(all, 10));
    c.append(all.frame(much), false, end(5));
    c.append(all.frame("little"), false, end(6));
    CHECK_FALSE(c.turn(all, 10));
    CHECK(all.sent(1) == texts{much});
    fake_shard& one = *all.shards.at(1);
    CHECK_FALSE(one.ended);
    REQUIRE(one.events.size() == 1);
    const auto told = std::get<ws::stands_aside>(one.events.front());
    CHECK(told.request == 0);
    CHECK(told.channel == 7);
    CHECK(told.behind);
    REQUIRE(told.next.size() == 1);
    CHECK(told.next[0].offset == 4);
    one.events.clear();
    one.share_done();
    one.turn();
    CHECK(std::holds_alternative<ws::written>(one.events.at(0)));
    c.bring(all, 1, {7, {all.frame("gap")}, true});
    c.append(all.frame("more"), false, end(7));
    CHECK_FALSE(c.turn(all, 10));
    CHECK(all.sent(1) == texts{"gap", "more"});
  }

  TEST_CASE("a gap is told to those who asked for it") {
    audience all;
    ws::channel c;
    c.join(all.open(1), {0, true, false});
    c.join(all.open(2));
    c.append(all.frame("a"));
    c.append(all.frame("gap"), true);
    c.append(all.frame("b"));
    CHECK_FALSE(c.turn(all, 10));
    CHECK(all.sent(1) == texts{"a", "gap", "b"});
    CHECK(all.sent(2) == texts{"a", "b"});
  }

  TEST_CASE("channels know their members, and are served in turn") {
    audience all;
    ws::channels c;
    c.append({7, all.frame("to nobody")});
    CHECK(all.book.held(net::direction::out) == 0);
    const auto one = all.open(1);
    const auto two = all.open(2);
    c.join(one, {7});
    c.join(one, {8});
    c.join(two, {8});
    c.append({7, all.frame("seven")});
    c.append({8, all.frame("eight")});
    c.append({7, all.frame("seven again")});
    CHECK(c.turn(all));
    CHECK_FALSE(c.turn(all));
    CHECK(all.sent(1) == texts{"seven", "seven again", "eight"});
    CHECK(all.sent(2) == texts{"eight"});
    c.leave(7, 1);
    c.leave(8, 1);
    c.leave(8, 5);
    CHECK(c.size() == 1);
    c.append({7, all.frame("late")});
    CHECK_FALSE(c.turn(all));
    CHECK(all.sent(1).size() == 3);
  }

  TEST_CASE("a fan-out to many is spread over turns") {
    audience all;
    ws::channels c;
    const std::uint64_t many = ws::channels::slice + 1;
    for (std::uint64_t ws = 1; ws <= many; ++ws)
      c.join(all.open(ws), {1});
    c.append({1, all.frame("a")});
    CHECK(c.turn(all));
    CHECK(all.sent(many).empty());
    CHECK_FALSE(c.turn(all));
    CHECK(all.sent(many) == texts{"a"});
  }
}
