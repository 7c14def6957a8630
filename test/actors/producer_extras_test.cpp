#include "net/kafka/murmur2.hpp"
#include "test/actors/producer_talk.hpp"

#include <doctest/doctest.h>

#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// Receipts, and where records with keys and partitions of their own go.

using namespace wskafka;
using std::chrono::seconds;
using test::json;
using test::producer_talk;

namespace {

const kafka::failure not_enough{"NOT_ENOUGH_REPLICAS", "Too few.", true};

/// Stands as long as the test.
struct extras_talk : producer_talk {
  protocol::publish_request with(protocol::record_extras more) {
    protocol::publish_request request;
    request.topic = "t";
    request.value = "a";
    request.more = &kept.emplace_back(std::move(more));
    return request;
  }
  protocol::publish_request keyed(std::string_view key) {
    protocol::record_extras more;
    more.key = key;
    return with(std::move(more));
  }

  std::deque<protocol::record_extras> kept;
};

}  // namespace

TEST_SUITE_BEGIN("actors/producer_extras");

TEST_CASE_FIXTURE(extras_talk, "a receipt tells where the record is") {
  w.options.producer.partitioner_type = config::partitioner::first;
  w.kafka.set_topic("t", 1);
  auto named = acked("t", "\"x\"");
  named.head.a = "\"create\"";
  publish({acked("t", "7"), named, acked("t", "")});
  CHECK(w.sockets.take(1).empty());
  w.kafka.producer().report();
  w.run();
  const auto replies = w.sockets.take(1);
  REQUIRE(replies.size() == 3);
  const auto keys = [](const json& reply) {
    std::string all;
    for (const auto& entry : reply.items())
      all += entry.key() + ' ';
    return all;
  };
  CHECK(keys(replies[0]) == "id refid t s p ");
  CHECK(keys(replies[1]) == "id refid t a s p ");
  // Without an id it is answered all the same.
  CHECK(keys(replies[2]) == "id t s p ");
  CHECK(replies[0].at("refid") == 7);
  CHECK(replies[1].at("refid") == "x");
  CHECK(replies[1].at("a") == "create");
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(replies[i].at("t") == "notif");
    CHECK(replies[i].at("s") == 0);
    const json p = {
        {"topic", "t"}, {"partition", 0}, {"offset", i}, {"timestamp", 0}};
    CHECK(replies[i].at("p") == p);
  }
  w.sockets.write(1);
  CHECK(charged() == 0);
}

TEST_CASE_FIXTURE(extras_talk, "who asks for none gets none") {
  w.kafka.set_topic("t", 1);
  auto silent = acked("t", "1");
  silent.ack = false;
  publish({silent, acked("t", "2"), silent});
  w.kafka.producer().report();
  w.run();
  CHECK(w.sockets.take_one(1).at("refid") == 2);
}

TEST_CASE_FIXTURE(extras_talk, "a failure is the one reply of who asked") {
  w.kafka.set_topic("t", 1);
  publish({acked("t", "1")});
  w.kafka.producer().fail(not_enough, true);
  w.run();
  const json reply = w.sockets.take_one(1);
  CHECK(reply.at("s") == 1);
  CHECK(reply.at("p").at("persisted") == "maybe");
  w.advance(seconds(60));
  CHECK(w.sockets.take(1).empty());
}

TEST_CASE_FIXTURE(extras_talk, "after the deadline no receipt comes") {
  w.kafka.set_topic("t", 1);
  publish({acked("t", "1")});
  w.advance(seconds(31));
  CHECK(w.sockets.take_one(1).at("p").at("code") == "TIMEOUT");
  w.kafka.producer().report();
  w.run();
  CHECK(w.sockets.take(1).empty());
  CHECK(charged() == 0);
}

TEST_CASE_FIXTURE(extras_talk, "nor a time-out after the receipt") {
  w.kafka.set_topic("t", 1);
  // The batch stays for the other one, which is late.
  publish({acked("t", "1"), acked("t", "2")});
  w.kafka.producer().report_first();
  w.run();
  CHECK(w.sockets.take_one(1).at("s") == 0);
  w.advance(seconds(31));
  const json late = w.sockets.take_one(1);
  CHECK(late.at("refid") == 2);
  CHECK(late.at("p").at("code") == "TIMEOUT");
  w.kafka.producer().report();
  w.run();
  CHECK(w.sockets.take(1).empty());
}

TEST_CASE_FIXTURE(extras_talk, "receipts come at a stop, too") {
  w.kafka.set_topic("t", 1);
  publish({acked("t", "1")});
  tell(flush_now{});
  w.kafka.producer().report();
  w.run();
  CHECK(w.sockets.take_one(1).at("s") == 0);
}

TEST_CASE_FIXTURE(extras_talk, "a closed peer's receipts hold nobody up") {
  w.kafka.set_topic("t", 1);
  publish({acked("t", "1")});
  tell(peer_closed{});
  w.kafka.producer().report();
  w.advance(seconds(1));
  CHECK(w.inbound.take<producer_gone>().size() == 1);
}

TEST_CASE_FIXTURE(extras_talk, "a key's records go to its partition") {
  w.kafka.set_topic("t", 7);
  std::vector<std::int32_t> expected;
  for (const char* key : {"21", "foobar", "", "abc", "foobar"}) {
    publish({keyed(key)});
    expected.push_back(kafka::partition_of_key(key, 7));
  }
  CHECK(partitions_used() == expected);
  CHECK(w.kafka.producer().waiting()[2].key.empty());
  CHECK(w.kafka.producer().waiting()[3].key == "abc");
  // The others go on as if they had not been there.
  publish_to("t", {"plain"});
  CHECK(w.kafka.producer().waiting()[5].key == "null");
}

TEST_CASE_FIXTURE(extras_talk, "whatever the partitioner of those without") {
  using config::partitioner;
  SUBCASE("first") {
    w.options.producer.partitioner_type = partitioner::first;
  }
  SUBCASE("random") {
    w.options.producer.partitioner_type = partitioner::random;
  }
  SUBCASE("cyclic") {
    w.options.producer.partitioner_type = partitioner::cyclic;
  }
  SUBCASE("keyed") {
    w.options.producer.partitioner_type = partitioner::keyed;
  }
  w.kafka.set_topic("t", 1000);
  const std::int32_t wanted = kafka::partition_of_key("foobar", 1000);
  publish({keyed("foobar"), keyed("foobar")});
  publish({keyed("foobar")});
  CHECK(partitions_used() == std::vector<std::int32_t>(3, wanted));
}

TEST_CASE_FIXTURE(extras_talk, "a record's own partition wins") {
  w.kafka.set_topic("t", 3);
  protocol::record_extras more;
  more.key = "foobar";
  for (std::int32_t partition : {2, 0, 1, 99}) {
    more.partition = partition;
    publish({with(more)});
  }
  more.key.reset();
  more.partition = 2;
  publish({with(more)});
  // Whether 99 is there is for the broker to say.
  CHECK(partitions_used() == std::vector<std::int32_t>{2, 0, 1, 99, 2});
}

TEST_CASE_FIXTURE(extras_talk, "they wait for an unknown topic like all") {
  protocol::record_extras more;
  more.key = "foobar";
  more.timestamp = 1234;
  more.headers = {{"a", "b", false}, {"n", {}, true}};
  auto request = with(more);
  request.ack = true;
  publish({request});
  CHECK(w.kafka.producer().waiting().empty());
  w.kafka.set_topic("t", 5);
  topic_checked();
  REQUIRE(w.kafka.producer().waiting().size() == 1);
  const auto& record = w.kafka.producer().waiting().front();
  CHECK(record.partition == kafka::partition_of_key("foobar", 5));
  CHECK(record.key == "foobar");
  CHECK(record.headers == "a=b,n=null,");
  CHECK(record.timestamp == 1234);
  w.kafka.producer().report();
  w.run();
  CHECK(w.sockets.take_one(1).at("p").at("timestamp") == 1234);
}

TEST_SUITE_END();
