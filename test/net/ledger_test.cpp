#include "net/ledger.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

using namespace wskafka::net;

namespace {

constexpr direction in = direction::in;
constexpr direction out = direction::out;

const budget small{16'000, 500, 100};

/// Waits a little: as a rule without giving up the processor, so that two
/// threads meet closely.
void spin() {
  static thread_local unsigned turns = 0;
  if (++turns % 4096 == 0)
    std::this_thread::yield();
}

}  // namespace

TEST_SUITE("net/ledger") {
  TEST_CASE("a charge is held by the account and the process until it goes") {
    ledger book({1000, 500, 100}, {1000, 500, 100});
    auto account = book.open();
    {
      charge first(account, in, 30);
      charge second(account, in, 12);
      CHECK(account->held(in) == 42);
      CHECK(book.held(in) == 42);
      CHECK(account->held(out) == 0);
      first.merge(std::move(second));
      CHECK(first.bytes() == 42);
      charge moved = std::move(first);
      CHECK(moved.bytes() == 42);
      CHECK(account->held(in) == 42);
      charge into;
      into.merge(std::move(moved));
      CHECK(into.bytes() == 42);
      into.merge(charge());
      CHECK(account->held(in) == 42);
      into = charge();
      CHECK(account->held(in) == 0);
    }
    CHECK(account->held(in) == 0);
    CHECK(book.held(in) == 0);
  }

  TEST_CASE("a mark is the lower of its bound and a share of what is free") {
    ledger book(small, small);
    auto one = book.open();
    auto other = book.open();
    CHECK(one->mark(in) == 500);
    charge much(other, in, 12'000);
    CHECK(one->mark(in) == 250);
    charge more(other, in, 3'900);
    CHECK(one->mark(in) == 100);  // a frame always fits
    charge beyond(other, in, 3'900);
    CHECK(one->mark(in) == 100);
    CHECK_FALSE(one->over(in));
    CHECK(other->over(in));
  }

  TEST_CASE("over is above the mark, not at it") {
    ledger book(small, small);
    auto account = book.open();
    charge full(account, out, 500);
    // 15,500 are free: a sixteenth is above the bound.
    CHECK_FALSE(account->over(out));
    charge one(account, out, 1);
    CHECK(account->over(out));
  }

  TEST_CASE("the process is pressed above nine tenths") {
    ledger book(small, small);
    auto account = book.open();
    charge most(account, out, 14'400);
    CHECK_FALSE(book.pressed(out));
    charge one(account, out, 1);
    CHECK(book.pressed(out));
    CHECK(account->pressed(out));
    CHECK_FALSE(book.pressed(in));
  }

  TEST_CASE("deliveries get half of the mark, replies the rest") {
    ledger book(small, small);
    auto account = book.open();
    CHECK(account->delivery_credit() == 250);
    charge some(account, out, 100);
    CHECK(account->delivery_credit() == 150);
    charge more(account, out, 200);
    CHECK(account->delivery_credit() == 0);
  }

  TEST_CASE("who waits is told once, when it is low") {
    ledger book(small, small);
    auto account = book.open();
    int told = 0;
    account->on_low(gate::read_in, [&] { ++told; });
    charge base(account, in, 250);
    charge top(account, in, 300);
    CHECK(account->wait_low(gate::read_in));
    charge more(account, in, 10);
    more = charge();
    CHECK(told == 0);
    top = charge();
    CHECK(told == 1);
    base = charge();
    CHECK(told == 1);
    CHECK_FALSE(account->wait_low(gate::read_in));
    CHECK(told == 1);
  }

  TEST_CASE("each gate has its own level and direction") {
    ledger book(small, small);
    auto account = book.open();
    std::vector<gate> told;
    for (const gate g : {gate::read_in, gate::read_out, gate::deliver})
      account->on_low(g, [&told, g] { told.push_back(g); });
    charge last(account, out, 125);
    charge half(account, out, 125);
    charge rest(account, out, 300);
    CHECK(account->wait_low(gate::read_out));
    CHECK(account->wait_low(gate::deliver));
    CHECK_FALSE(account->wait_low(gate::read_in));
    rest = charge();
    CHECK(told == std::vector<gate>{gate::read_out});
    half = charge();
    CHECK(told == std::vector<gate>{gate::read_out, gate::deliver});
  }

  TEST_CASE("a gate that was let go of is not run") {
    ledger book(small, small);
    auto account = book.open();
    auto hook = std::make_shared<int>(0);
    account->on_low(gate::deliver, [hook] { ++*hook; });
    charge much(account, out, 400);
    CHECK(account->wait_low(gate::deliver));
    account->on_low(gate::deliver, nullptr);
    CHECK(hook.use_count() == 1);
    much = charge();
    CHECK(*hook == 0);
  }

  TEST_CASE("who finds the account low leaves the others' wait as it is") {
    ledger book({1'000, 500, 10}, {1'000, 500, 10});
    auto account = book.open();
    auto neighbour = book.open();
    int told = 0;
    account->on_low(gate::deliver, [&] { ++told; });
    charge some(account, out, 10);
    charge rest(account, out, 4);
    charge much(neighbour, out, 800);
    CHECK(account->wait_low(gate::deliver));
    // The mark rises, of which nobody is told.
    much = charge();
    CHECK_FALSE(account->wait_low(gate::deliver));
    CHECK(told == 0);
    rest = charge();
    CHECK(told == 1);
  }

  TEST_CASE("between threads no waiter is left behind, and all is returned") {
    using std::chrono::steady_clock;
    ledger book({1 << 20, 4'000, 100}, {1 << 20, 4'000, 100});
    auto account = book.open();
    std::atomic<int> opened{0};
    account->on_low(gate::read_in, [&] { ++opened; });
    // Charged here and released there, as frames are, at about the moment that
    // the wait begins: the two race in every round.
    enum { idle, release, finish };
    std::atomic<int> order{idle};
    charge held;
    std::thread releaser([&] {
      for (int now = idle; now != finish; now = order.load()) {
        if (now == release) {
          held = charge();
          order = idle;
        } else {
          spin();
        }
      }
    });
    int waited = 0;
    bool left_behind = false;
    bool told_twice = false;
    // A round takes a time slice where others want the processor too.
    const auto enough = steady_clock::now() + std::chrono::seconds(3);
    for (int round = 0; round < 100'000 && !left_behind; ++round) {
      if (waited > 0 && steady_clock::now() > enough)
        break;
      held = charge(account, in, 8'000);
      const int before = opened.load();
      order = release;
      if (account->wait_low(gate::read_in)) {
        ++waited;
        const auto end = steady_clock::now() + std::chrono::seconds(20);
        while (!left_behind && opened.load() == before) {
          spin();
          left_behind = steady_clock::now() > end;
        }
      }
      while (order.load() != idle)
        spin();
      told_twice = told_twice || opened.load() > before + 1;
    }
    order = finish;
    releaser.join();
    CHECK_FALSE(left_behind);
    CHECK_FALSE(told_twice);
    CHECK(waited > 0);
    CHECK(book.held(in) == 0);
    CHECK(account->held(in) == 0);
  }

  TEST_CASE("what is shared counts once for the process, and for each") {
    ledger book(small, small);
    const auto one = book.open();
    const auto two = book.open();
    {
      const shared_charge shared(book, out, 100);
      one->charge_share(out, 100);
      two->charge_share(out, 100);
      CHECK(book.held(out) == 100);
      CHECK(one->held(out) == 100);
      one->release_share(out, 100);
      CHECK(one->held(out) == 0);
      CHECK(two->held(out) == 100);
      CHECK(book.held(out) == 100);
    }
    CHECK(book.held(out) == 0);
    two->release_share(out, 100);
  }

  TEST_CASE("releasing a share opens the gates") {
    ledger book(small, small);
    const auto account = book.open();
    int opened = 0;
    account->on_low(gate::deliver, [&opened] { ++opened; });
    account->charge_share(out, small.process);
    REQUIRE(account->wait_low(gate::deliver));
    account->release_share(out, small.process);
    CHECK(opened == 1);
  }

  TEST_CASE("an account outlives whatever opened it, for its last holder") {
    ledger book(small, small);
    charge last(book.open(), in, 10);
    CHECK(book.held(in) == 10);
    last = charge();
    CHECK(book.held(in) == 0);
  }
}
