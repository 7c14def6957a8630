#include "test/actors/connection_talk.hpp"

#include <doctest/doctest.h>

using namespace wskafka;
using std::chrono::milliseconds;
using test::connection_talk;
using test::delivered;
using test::json;
using kind = control_request::kind;

namespace {

std::vector<std::string> values(const json& frame) {
  std::vector<std::string> found;
  for (const json& element : frame)
    found.push_back(element.at("p"));
  return found;
}

}  // namespace

TEST_SUITE_BEGIN("actors/connection/delivery");

TEST_CASE_FIXTURE(connection_talk,
                  "records are gathered while much is written") {
  const auto number = subscribe({"a"});
  const std::string much(64 * 1024, 'x');
  deliver_records(delivered(w.open(1), "a", 0, {much}, number));
  CHECK(values(w.sockets.take_one(1)) == strings{much});
  deliver_records(delivered(w.open(1), "a", 1, {"y"}, number));
  deliver_records(delivered(w.open(1), "a", 2, {"z"}, number));
  CHECK(w.sockets.take(1).empty());
  written();
  CHECK(values(w.sockets.take_one(1)) == strings{"y", "z"});
}

TEST_CASE_FIXTURE(connection_talk, "records follow at once while little is") {
  const auto number = subscribe({"a"});
  deliver_records(delivered(w.open(1), "a", 0, {"x"}, number));
  deliver_records(delivered(w.open(1), "a", 1, {"y"}, number));
  CHECK(w.sockets.take(1).size() == 2);
  CHECK_FALSE(w.sockets.write(1));
}

TEST_CASE_FIXTURE(connection_talk, "records wait for the interval") {
  w.options.consumer.mq_interval = milliseconds(50);
  const auto number = subscribe({"a"});
  deliver_records(delivered(w.open(1), "a", 0, {"x"}, number));
  w.advance(milliseconds(30));
  deliver_records(delivered(w.open(1), "a", 1, {"y"}, number));
  CHECK(w.sockets.take(1).empty());
  w.advance(milliseconds(21));
  CHECK(values(w.sockets.take_one(1)) == strings{"x", "y"});
}

TEST_CASE_FIXTURE(connection_talk, "a limit of 3: frames of 3, and the rest") {
  w.options.consumer.mq_limit = 3;
  w.options.consumer.mq_interval = milliseconds(60'000);
  const auto number = subscribe({"a"});
  deliver_records(delivered(w.open(1), "a", 0, {"0"}, number));
  w.advance(milliseconds(50'000));
  deliver_records(
      delivered(w.open(1), "a", 1, {"1", "2", "3", "4", "5", "6"}, number));
  const auto frames = w.sockets.take(1);
  REQUIRE(frames.size() == 2);
  CHECK(values(frames[0]) == strings{"0", "1", "2"});
  CHECK(values(frames[1]) == strings{"3", "4", "5"});
  w.advance(milliseconds(59'000));
  CHECK(w.sockets.take(1).empty());
  w.advance(milliseconds(2'000));
  CHECK(values(w.sockets.take_one(1)) == strings{"6"});
}

TEST_CASE_FIXTURE(connection_talk, "a confirmation goes to the group") {
  const auto number = subscribe({"a"});
  deliver_records(delivered(w.open(1), "a", 5, {"x", "y"}, number, 9));
  peer_confirms(w.sockets.confirmable(1));
  const auto told = w.inbound.take_one<positions_confirmed>();
  CHECK(told.ws == 1);
  CHECK(told.everything);
  REQUIRE(told.positions.size() == 1);
  CHECK(told.positions[0].offset == 7);
  CHECK(told.positions[0].owner_epoch == 9);
}

TEST_CASE_FIXTURE(connection_talk, "a part of it is not everything") {
  const auto number = subscribe({"a"});
  deliver_records(delivered(w.open(1), "a", 0, {"x"}, number));
  const auto first = w.sockets.confirmable(1);
  written();
  deliver_records(delivered(w.open(1), "a", 1, {"y"}, number));
  peer_confirms(first);
  CHECK_FALSE(w.inbound.take_one<positions_confirmed>().everything);
}

TEST_CASE_FIXTURE(connection_talk, "what moves away is dropped and named") {
  w.options.consumer.mq_interval = milliseconds(60'000);
  w.options.consumer.mq_limit = 2;
  const auto number = subscribe({"a", "b"});
  deliver_records(delivered(w.open(1), "a", 0, {"x", "y"}, number, 4));
  w.sockets.take(1);
  deliver_records(delivered(w.open(1), "a", 2, {"unsent"}, number, 4));
  take_back order{number, 12, {{"a", 0}, {"b", 0}}};
  tell(order);
  const auto answer = w.inbound.take_one<gave_back>();
  CHECK(answer.order == 12);
  REQUIRE(answer.positions.size() == 1);
  CHECK(answer.positions[0].offset == 2);
  CHECK(w.sockets.hurried(1) == 1);
  w.advance(milliseconds(61'000));
  CHECK(w.sockets.take(1).empty());
}

TEST_CASE_FIXTURE(connection_talk, "nothing comes before the reply") {
  const auto first = subscribe({"a"});
  ask(kind::subscribe, "2", {"a", "b"});
  const auto join = joined();
  deliver_records(delivered(w.open(1), "a", 0, {"x"}, first));
  CHECK(w.sockets.take(1).empty());
  tell(subscription_ready{join.subscription});
  const auto sent = w.sockets.take(1);
  REQUIRE(sent.size() == 2);
  CHECK(sent[0].at("refid") == 2);
  CHECK(values(sent[1]) == strings{"x"});
}

TEST_CASE_FIXTURE(connection_talk, "the same group keeps what is common") {
  w.options.consumer.mq_interval = milliseconds(50);
  const auto first = subscribe({"a", "b"});
  deliver_records(delivered(w.open(1), "a", 0, {"of a"}, first));
  deliver_records(delivered(w.open(1), "b", 0, {"of b"}, first));
  ask(kind::subscribe, "2", {"b", "c"});
  const auto join = joined();
  CHECK(join.subscription > first);
  tell(subscription_ready{join.subscription});
  CHECK(w.inbound.take<leave_group>().empty());
  const auto sent = w.sockets.take(1);
  REQUIRE(sent.size() == 2);
  CHECK(values(sent[1]) == strings{"of b"});
  // The membership is the same one: confirmed to it.
  peer_confirms(w.sockets.confirmable(1));
  CHECK(w.inbound.take<positions_confirmed>().size() == 1);
}

TEST_CASE_FIXTURE(connection_talk, "of a topic given up and wanted again") {
  const auto first = subscribe({"a", "b"});
  subscribe({"b"});
  const auto third = subscribe({"a", "b"});
  // Polled for the subscription before: others of `a` were dropped meanwhile.
  deliver_records(delivered(w.open(1), "a", 5, {"behind a gap"}, first));
  CHECK(w.sockets.take(1).empty());
  CHECK(w.count.stale_records == 1);
  deliver_records(delivered(w.open(1), "b", 5, {"kept"}, first));
  CHECK(values(w.sockets.take_one(1)) == strings{"kept"});
  written();
  deliver_records(delivered(w.open(1), "a", 0, {"new"}, third));
  CHECK(values(w.sockets.take_one(1)) == strings{"new"});
}

TEST_CASE_FIXTURE(connection_talk, "another group ends the membership") {
  const auto first = subscribe({"a"}, "g");
  deliver_records(delivered(w.open(1), "a", 0, {"x"}, first));
  const auto sequence = w.sockets.confirmable(1);
  w.sockets.take(1);
  ask(kind::subscribe, "2", {"a"}, "h");
  const auto join = joined();
  const auto leave = w.inbound.take_one<leave_group>();
  CHECK_FALSE(leave.gone);
  REQUIRE(leave.sent.size() == 1);
  CHECK(leave.sent[0].offset == 1);
  CHECK(w.sockets.hurried(1) == 1);
  deliver_records(delivered(w.open(1), "a", 1, {"late"}, first));
  tell(subscription_ready{join.subscription});
  CHECK(w.sockets.take(1).size() == 1);
  CHECK(w.count.stale_records == 1);
  // The old group still learns what was read.
  peer_confirms(sequence);
  CHECK(w.inbound.take<positions_confirmed>().size() == 1);
}

TEST_CASE_FIXTURE(connection_talk, "nothing follows the unsubscribe reply") {
  w.options.consumer.mq_interval = milliseconds(50);
  const auto number = subscribe({"a"});
  deliver_records(delivered(w.open(1), "a", 0, {"unsent"}, number));
  ask(kind::unsubscribe, "2");
  CHECK(w.sockets.take_one(1).at("refid") == 2);
  CHECK(w.inbound.take_one<leave_group>().sent.empty());
  deliver_records(delivered(w.open(1), "a", 1, {"late"}, number));
  w.advance(milliseconds(1000));
  CHECK(w.sockets.take(1).empty());
}

TEST_CASE_FIXTURE(connection_talk, "without commits nothing is confirmed") {
  w.options.consumer.auto_commit = false;
  const auto number = subscribe({"a"});
  deliver_records(delivered(w.open(1), "a", 0, {"x"}, number));
  CHECK(w.sockets.confirmable(1) == 0);
}

TEST_SUITE_END();
