#include "tools/wskafka-load/ledger.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace wskafka::load;

namespace {

constexpr std::uint64_t our_run = 42;

/// A ledger of one group, one publisher and one topic unless told otherwise.
ledger::shape form(std::size_t publishers = 1, std::size_t topics = 1,
                   std::size_t groups = 1) {
  ledger::shape made;
  made.run = our_run;
  made.publishers = publishers;
  made.topics = topics;
  for (std::size_t i = 0; i < groups; ++i)
    made.groups.push_back("g" + std::to_string(i));
  return made;
}

mark record(std::uint32_t sequence, std::uint32_t publisher = 0,
            std::uint32_t topic = 0) {
  mark one;
  one.run = our_run;
  one.publisher = publisher;
  one.topic = topic;
  one.sequence = sequence;
  return one;
}

void deliver(ledger& to, const std::vector<std::uint32_t>& sequences,
             std::size_t group = 0) {
  std::vector<bool> fresh;
  for (const std::uint32_t sequence : sequences)
    to.delivered(group, {record(sequence)}, fresh);
}

}  // namespace

TEST_SUITE("tools/load/ledger") {
  TEST_CASE("when all is well there is nothing to tell") {
    ledger book(form());
    book.sent(0, 4);
    deliver(book, {0, 1, 2, 3});
    const group_account group = book.balance().groups[0];
    CHECK(group.expected == 4);
    CHECK(group.delivered == 4);
    CHECK(group.lost == 0);
    CHECK(group.repeated == 0);
    CHECK(group.out_of_order == 0);
  }

  TEST_CASE("records that were dropped, repeated and overtaken are counted") {
    ledger book(form());
    book.sent(0, 10);
    // 1 is lost; 3 comes behind 5; 4 comes three times; 9 is lost.
    deliver(book, {0, 2, 4, 5, 3, 4, 4, 6, 7, 8});
    const group_account group = book.balance().groups[0];
    CHECK(group.delivered == 8);
    CHECK(group.lost == 2);
    CHECK(group.repeated == 2);
    CHECK(group.out_of_order == 1);
    CHECK(group.unexpected == 0);
  }

  TEST_CASE("what is too scattered to be kept is not lost") {
    constexpr std::uint32_t gap = 4096;
    constexpr std::uint32_t most = 1U << 17U;
    ledger book(form());
    book.sent(0, std::uint64_t{most + 2} * gap);
    for (std::uint32_t i = 0; i < most; ++i)
      deliver(book, {i * gap + 1});
    deliver(book, {most * gap});
    const group_account group = book.balance().groups[0];
    CHECK(group.untracked == 1);
    CHECK(group.delivered == most);
    CHECK(group.lost == std::uint64_t{most + 2} * gap - most - 1);
  }

  TEST_CASE("a refusal after an hour is one") {
    constexpr std::uint64_t late = 70'000'000;
    ledger book(form());
    book.sent(0, late + 1);
    book.failed(0, late, "QUEUE_FULL", false);
    const account all = book.balance();
    CHECK(all.failed == 1);
    CHECK(all.unmatched == 0);
    CHECK(all.groups[0].expected == late);
  }

  TEST_CASE("order is that of each partition, where it is told") {
    ledger book(form());
    book.sent(0, 5);
    std::vector<bool> fresh;
    book.delivered(0, {record(1), record(0), record(3), record(2)}, fresh,
                   {1, 0, 1, 0});
    CHECK(book.balance().groups[0].out_of_order == 0);
    book.delivered(0, {record(4), record(1)}, fresh, {1, 1});
    CHECK(book.balance().groups[0].out_of_order == 0);
    ledger other(form());
    other.sent(0, 3);
    other.delivered(0, {record(1), record(2), record(0)}, fresh, {0, 1, 0});
    CHECK(other.balance().groups[0].out_of_order == 1);
  }

  TEST_CASE("a repeat is no further arrival, somebody else's value is one") {
    ledger book(form());
    deliver(book, {0, 1, 1});
    CHECK(book.arrived() == 2);
    CHECK(book.came() == 3);
    book.foreign(0, 1);
    std::vector<bool> fresh;
    book.delivered(0, {record(0, 7)}, fresh);
    CHECK(book.arrived() == 4);
  }

  TEST_CASE("each group is owed each record") {
    ledger book(form(1, 1, 2));
    book.sent(0, 3);
    deliver(book, {0, 1, 2}, 0);
    deliver(book, {0}, 1);
    const account all = book.balance();
    CHECK(all.groups[0].lost == 0);
    CHECK(all.groups[1].lost == 2);
    CHECK(all.total().delivered == 4);
  }

  TEST_CASE("messages go to the topics in turn, from each publisher's own") {
    ledger book(form(2, 3));
    // Publisher 0: topics 0 1 2 0; publisher 1: topics 1 2.
    book.sent(0, 4);
    book.sent(1, 2);
    std::vector<bool> fresh;
    book.delivered(0,
                   {record(0, 0, 0), record(0, 0, 1), record(0, 0, 2),
                    record(1, 0, 0), record(0, 1, 1), record(0, 1, 2)},
                   fresh);
    CHECK(book.balance().groups[0].lost == 0);
    CHECK(book.balance().groups[0].expected == 6);
    CHECK(book.balance().groups[0].out_of_order == 0);
    // Publisher 1 never sent to topic 0.
    book.delivered(0, {record(0, 1, 0)}, fresh);
    CHECK(book.balance().groups[0].unexpected == 1);
    CHECK(book.balance().groups[0].lost == 0);
  }

  TEST_CASE("what was refused is not owed, and told by code") {
    ledger book(form());
    book.sent(0, 5);
    book.failed(0, 1, "QUEUE_FULL", false);
    book.failed(0, 2, "TIMEOUT", true);
    book.failed(0, 3, "TIMEOUT", true);
    deliver(book, {0, 4});
    account all = book.balance();
    CHECK(all.failed == 3);
    CHECK(all.failed_by_code.at("TIMEOUT") == 2);
    CHECK(all.persisted_maybe == 2);
    CHECK(all.groups[0].expected == 2);
    CHECK(all.groups[0].lost == 0);
    // One that was perhaps written may come; one that was not must not.
    deliver(book, {2});
    CHECK(book.balance().groups[0].unexpected == 0);
    CHECK(book.balance().groups[0].lost == 0);
    deliver(book, {1});
    CHECK(book.balance().groups[0].unexpected == 1);
    CHECK(book.balance().groups[0].lost == 0);
  }

  TEST_CASE("a refusal of nothing, or a second one, is told") {
    ledger book(form());
    book.sent(0, 2);
    book.failed(0, 0, "QUEUE_FULL", false);
    book.failed(0, 0, "QUEUE_FULL", false);
    book.failed(7, 0, "QUEUE_FULL", false);
    // Not sent.
    book.failed(0, 2, "QUEUE_FULL", false);
    book.receipted(0, 2);
    const account all = book.balance();
    CHECK(all.failed == 1);
    CHECK(all.receipted == 0);
    CHECK(all.unmatched == 4);
  }

  TEST_CASE("a message is answered once, by a receipt or a refusal") {
    ledger book(form());
    book.sent(0, 5);
    for (const std::uint64_t k : {1, 0, 3})
      book.receipted(0, k);
    book.failed(0, 2, "TIMEOUT", true);
    account all = book.balance();
    CHECK(all.receipted == 3);
    CHECK(all.failed == 1);
    CHECK(all.unanswered() == 1);
    CHECK(all.unmatched == 0);
    CHECK(book.receipted() == 3);
    book.receipted(0, 1);
    book.receipted(0, 2);
    book.receipted(9, 0);
    book.failed(0, 3, "TIMEOUT", true);
    all = book.balance();
    CHECK(all.receipted == 3);
    CHECK(all.failed == 1);
    CHECK(all.unmatched == 4);
  }

  TEST_CASE("other runs' records are somebody else's") {
    ledger book(form());
    book.sent(0, 1);
    mark other = record(0);
    other.run = 1;
    std::vector<bool> fresh;
    book.delivered(0, {other, record(0), record(0)}, fresh);
    CHECK(fresh == std::vector<bool>{false, true, false});
    book.foreign(0, 3);
    const group_account group = book.balance().groups[0];
    CHECK(group.foreign == 4);
    CHECK(group.delivered == 1);
  }

  TEST_CASE("an observer finds holes between the first and the last") {
    ledger::shape watching = form(0, 0);
    watching.run = 1;
    watching.observe = true;
    ledger book(watching);
    deliver(book, {1000, 1001, 1003, 1006, 1005, 1005});
    const group_account group = book.balance().groups[0];
    CHECK(group.delivered == 5);
    CHECK(group.holes == 2);
    CHECK(group.repeated == 1);
    CHECK(group.out_of_order == 1);
    CHECK(group.lost == 0);
  }

  TEST_CASE("what never reached the socket is not owed") {
    ledger book(form());
    book.sent(0, 10);
    book.sent(0, 7);  // its connection ended
    deliver(book, {0, 1, 2, 3, 4, 5, 6});
    CHECK(book.balance().sent == 7);
    CHECK(book.balance().groups[0].lost == 0);
  }
}
